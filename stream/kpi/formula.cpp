#include "stream/kpi/formula.hpp"

#include <muParser.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>

#include "stream/kpi/duration.hpp"

namespace kpistream {
namespace {

using Of = CompiledFormula::Of;
using Part = CompiledFormula::Part;

constexpr double kMinorPerMajor = 100;
constexpr std::array<std::string_view, 3> kFunctions{"min", "max", "abs"};

struct Name {
  std::string_view text;
  std::size_t position = 0;
  bool called = false;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool in_name(char c) { return begins_name(c) || is_digit(c); }

// The names in an expression, and whatever the library would take but we do not.
class Scan {
 public:
  Scan(std::string_view text, bool in_when, std::vector<FormulaMistake>& mistakes)
      : text_(text), in_when_(in_when), mistakes_(mistakes) {
    if (text.size() > CompiledFormula::kLengthMax) {
      complain(CompiledFormula::kLengthMax, "is longer than " + std::to_string(CompiledFormula::kLengthMax) + " bytes");
      return;
    }
    while (at_ < text_.size()) next();
  }

  [[nodiscard]] const std::vector<Name>& names() const { return names_; }

 private:
  void next() {
    const char c = text_[at_];
    if (is_digit(c) || c == '.') {
      skip_number();
    } else if (begins_name(c)) {
      take_name();
    } else if (c == '=') {
      if (text_.substr(at_, 2) != "==") complain(at_, "nothing can be assigned; write == to compare");
      at_ += 2;
    } else if (const auto pair = text_.substr(at_, 2); pair == "<=" || pair == ">=" || pair == "!=") {
      at_ += 2;
    } else {
      constexpr std::string_view kSigns = "+-*/()<>&|?:,";
      if (!is_space(c) && kSigns.find(c) == std::string_view::npos) return refuse_character();
      ++at_;
    }
  }

  void skip_number() {
    while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
  }

  void take_name() {
    Name name{{}, at_, false};
    while (at_ < text_.size() && in_name(text_[at_])) ++at_;
    name.text = text_.substr(name.position, at_ - name.position);
    auto after = at_;
    while (after < text_.size() && is_space(text_[after])) ++after;
    name.called = after < text_.size() && text_[after] == '(';
    names_.push_back(name);
  }

  // Whole letters of several bytes, so that the message stays UTF-8.
  void refuse_character() {
    const auto begin = at_++;
    while (at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xC0u) == 0x80u) ++at_;
    complain(begin, "'" + std::string(text_.substr(begin, at_ - begin)) + "' has no meaning here");
  }

  void complain(std::size_t position, std::string text) {
    mistakes_.push_back({in_when_, position, "", std::move(text)});
  }

  std::string_view text_;
  bool in_when_;
  std::vector<FormulaMistake>& mistakes_;
  std::vector<Name> names_;
  std::size_t at_ = 0;
};

const Definition* find(const std::vector<Definition>& definitions, std::string_view id) {
  const auto it = std::find_if(definitions.begin(), definitions.end(), [&](const auto& d) { return d.id == id; });
  return it == definitions.end() ? nullptr : &*it;
}

double divisor(const Definition& definition, Of of) {
  return of != Of::count && definition.money() ? kMinorPerMajor : 1;
}

std::optional<double> value_of(const Cell& cell, Of of) {
  switch (of) {
    case Of::count:
      return static_cast<double>(cell.at(kCountSlot));
    case Of::sum:
      return static_cast<double>(cell.at(kSumSlot));
    case Of::p50:
    case Of::p90: {
      const auto seconds = quantile(cell, of == Of::p50 ? 0.5 : 0.9);
      return seconds ? std::optional<double>(static_cast<double>(*seconds)) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::string all_texts(const std::vector<FormulaMistake>& mistakes) {
  std::string text;
  for (const auto& mistake : mistakes) {
    text.append(text.empty() ? "" : "; ").append(mistake.in_when ? "when: " : "");
    text.append("at character ").append(std::to_string(mistake.position + 1)).append(": ").append(mistake.text);
  }
  return text;
}

// In our words: the library counts characters from 0.
std::string cause(const mu::Parser::exception_type& error) {
  std::string token = error.GetToken();
  while (!token.empty() && is_space(token.back())) token.pop_back();
  switch (error.GetCode()) {
    case mu::ecEMPTY_EXPRESSION:
      return "is empty";
    case mu::ecUNEXPECTED_EOF:
      return "ends too early";
    case mu::ecMISSING_PARENS:
      return "a bracket is not closed";
    case mu::ecMISSING_ELSE_CLAUSE:
      return "'?' without its ':'";
    case mu::ecMISPLACED_COLON:
      return "':' without its '?'";
    case mu::ecTOO_FEW_PARAMS:
    case mu::ecTOO_MANY_PARAMS:
      return "'" + token + "' takes another number of values";
    default:
      return token.empty() ? "cannot be read" : "'" + token + "' is not expected here";
  }
}

bool earlier(const FormulaMistake& a, const FormulaMistake& b) {
  return std::pair(a.in_when, a.position) < std::pair(b.in_when, b.position);
}

double absolute(double value) { return std::fabs(value); }
double least(const double* values, int count) { return *std::min_element(values, values + count); }
double greatest(const double* values, int count) { return *std::max_element(values, values + count); }

}  // namespace

NamedPart named_part(std::string_view name, const std::vector<Definition>& definitions) {
  if (const auto* whole = find(definitions, name)) return {whole, Of::count};
  static constexpr std::array<std::pair<std::string_view, Of>, 3> kSuffixes{
      {{"_sum", Of::sum}, {"_p50", Of::p50}, {"_p90", Of::p90}}};
  for (const auto& [suffix, of] : kSuffixes) {
    if (!name.ends_with(suffix)) continue;
    return {find(definitions, name.substr(0, name.size() - suffix.size())), of};
  }
  return {};
}

FormulaError::FormulaError(std::vector<FormulaMistake> mistakes)
    : std::runtime_error(all_texts(mistakes)), mistakes_(std::move(mistakes)) {}

// The library's parser computes in place: one evaluation at a time.
struct CompiledFormula::State {
  std::vector<Part> parts;
  std::vector<double> divisors;
  std::vector<double> values;  // of the parts; the parsers point at them, so that it never grows after bind()
  mu::Parser expression;
  mu::Parser when;
  bool has_when = false;
  std::mutex mutex;

  std::vector<std::pair<std::string, std::size_t>> names;  // in the text -> index of the part

  void take_names(const Scan& scan, bool in_when, const std::vector<Definition>& definitions,
                  std::vector<FormulaMistake>& mistakes) {
    for (const Name& name : scan.names()) {
      const auto text = check_name(name, definitions, mistakes, in_when);
      if (!text.empty()) mistakes.push_back({in_when, name.position, "", text});
    }
  }

  // Takes the part, or tells what is wrong with it; an unknown name is a mistake of its own kind.
  std::string check_name(const Name& name, const std::vector<Definition>& definitions,
                         std::vector<FormulaMistake>& mistakes, bool in_when) {
    const std::string text(name.text);
    if (name.called) {
      const bool known = std::find(kFunctions.begin(), kFunctions.end(), name.text) != kFunctions.end();
      return known ? "" : "'" + text + "' is no function; there are min, max and abs";
    }
    const auto [definition, of] = named_part(name.text, definitions);
    if (definition == nullptr) {
      mistakes.push_back({in_when, name.position, text, "there is no KPI '" + text + "'"});
      return "";
    }
    if (of == Of::sum && definition->measure == Measure::none)
      return "'" + definition->id + "' has no sum: its measure is count";
    if ((of == Of::p50 || of == Of::p90) && !definition->quantiles())
      return "'" + definition->id + "' has no quantiles: its measure is none of durations, working and amounts";
    add(text, {definition->id, of}, divisor(*definition, of));
    return "";
  }

  void add(const std::string& name, Part part, double by) {
    auto it = std::find(parts.begin(), parts.end(), part);
    if (it != parts.end()) return;
    names.emplace_back(name, parts.size());
    parts.push_back(std::move(part));
    divisors.push_back(by);
  }

  void bind(mu::Parser& parser, const std::string& text, bool in_when, std::vector<FormulaMistake>& mistakes) {
    parser.ClearFun();
    parser.ClearConst();
    parser.DefineFun("min", least);
    parser.DefineFun("max", greatest);
    parser.DefineFun("abs", absolute);
    for (const auto& [name, index] : names) parser.DefineVar(name, &values[index]);
    try {
      parser.SetExpr(text);
      int results = 0;
      parser.Eval(results);
      if (results != 1) mistakes.push_back({in_when, 0, "", "there are several results; a formula has one"});
    } catch (const mu::Parser::exception_type& error) {
      const auto position = error.GetPos() < 0 ? std::size_t{0} : static_cast<std::size_t>(error.GetPos());
      mistakes.push_back({in_when, std::min(position, text.size()), "", cause(error)});
    }
  }
};

CompiledFormula::CompiledFormula(const Formula& formula, const std::vector<Definition>& definitions)
    : state_(std::make_unique<State>()) {
  std::vector<FormulaMistake> mistakes;
  const Scan expression(formula.expression, false, mistakes);
  const Scan when(formula.when, true, mistakes);
  state_->has_when = !formula.when.empty();
  state_->take_names(expression, false, definitions, mistakes);
  state_->take_names(when, true, definitions, mistakes);
  if (mistakes.empty()) {
    state_->values.resize(state_->parts.size(), 1);
    state_->bind(state_->expression, formula.expression, false, mistakes);
    if (state_->has_when) state_->bind(state_->when, formula.when, true, mistakes);
  }
  if (mistakes.empty() && state_->parts.empty()) mistakes.push_back({false, 0, "", "no KPI is named in it"});
  std::stable_sort(mistakes.begin(), mistakes.end(), earlier);
  if (!mistakes.empty()) throw FormulaError(std::move(mistakes));
}

CompiledFormula::~CompiledFormula() = default;
CompiledFormula::CompiledFormula(CompiledFormula&&) noexcept = default;
CompiledFormula& CompiledFormula::operator=(CompiledFormula&&) noexcept = default;

const std::vector<Part>& CompiledFormula::parts() const { return state_->parts; }

std::optional<double> CompiledFormula::evaluate(const std::function<const Cell*(std::string_view)>& cell) const {
  std::vector<double> values;
  values.reserve(state_->parts.size());
  for (std::size_t i = 0; i < state_->parts.size(); ++i) {
    const Part& part = state_->parts[i];
    const Cell* known = cell(part.id);
    if (known == nullptr) return std::nullopt;
    const auto value = value_of(*known, part.of);
    if (!value) return std::nullopt;
    values.push_back(*value / state_->divisors[i]);
  }
  const std::lock_guard lock(state_->mutex);
  std::copy(values.begin(), values.end(), state_->values.begin());
  // Nothing but a parse can throw, and both were parsed by the constructor.
  if (state_->has_when) {
    const double holds = state_->when.Eval();
    if (std::isnan(holds) || holds == 0) return std::nullopt;
  }
  const double result = state_->expression.Eval();
  return std::isfinite(result) ? std::optional(result) : std::nullopt;
}

}  // namespace kpistream
