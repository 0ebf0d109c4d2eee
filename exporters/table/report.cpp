#include "exporters/table/report.hpp"

#include <fmt/format.h>

#include "exporters/table/findings.hpp"
#include "exporters/table/html.hpp"

namespace kpistream::exporters {
namespace {

// Mail programs load nothing: the style is inside. Colours hold on white and on dark paper.
constexpr std::string_view kStyle =
    "body{font:15px/1.45 system-ui,'Segoe UI',Roboto,Arial,sans-serif;max-width:48rem;margin:1rem auto;padding:0 "
    "1rem;color:#16202b;background:#fff}"
    "h1{font-size:1.35rem;margin:0 0 .5rem}h2{font-size:1.05rem;margin:1.2rem 0 .3rem}"
    "table{border-collapse:collapse;width:100%}td,th{padding:.3rem .5rem;border-bottom:1px solid "
    "#d8dee5;vertical-align:top;text-align:left;font-weight:400}"
    "td.v{text-align:right;white-space:nowrap;font-weight:600}td.n{color:#566472;font-size:.9rem}"
    "p.lead{border-left:.4rem solid #136c35;padding:.4rem .8rem;background:#f4f6f8}p.lead.bad{border-color:#a8200d}"
    ".bad th{color:#a8200d}.end{color:#566472;font-size:.9rem}@page{size:A4;margin:12mm}@media "
    "print{"  // on one sheet, in two columns
    "body{font-size:10px;line-height:1.3;margin:0;padding:0;max-width:none}main{columns:2;column-gap:8mm}"
    "h1,p.lead{column-span:all}h2{font-size:12px;break-after:avoid;margin:.7rem 0 .2rem}tr{break-inside:avoid}"
    "td,th{padding:.12rem .25rem}td.n,.end{font-size:inherit}}";

// A text cut between lines.
std::string cut(std::string text, std::size_t most) {
  static constexpr std::string_view kCut = "\n…\n";
  if (text.size() <= most) return text;
  const auto end = text.rfind('\n', most - kCut.size());
  return text.substr(0, end == std::string::npos ? 0 : end).append(kCut);
}

}  // namespace

std::string paper_text(const Paper& paper) {
  std::string text = paper.title + "\n";
  if (!paper.lead.empty()) text += fmt::format("\n{}\n", paper.lead);
  for (const auto& chapter : paper.chapters) {
    text += fmt::format("\n{}\n", chapter.title);
    for (const auto& finding : chapter.findings) {
      text += fmt::format("{} {}{}{}{}{}\n", finding.bad ? "▾" : "•", finding.title, finding.value.empty() ? "" : ": ",
                          finding.value,
                          finding.note.empty()    ? ""
                          : finding.value.empty() ? "\n   "
                                                  : " — ",
                          finding.note);
    }
  }
  return text + "\n" + paper.end + "\n";
}

std::string paper_html(const Paper& paper, Language language) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, "
      "initial-scale=1\"><link rel=\"icon\" "
      "href=\"data:,\"><title>{}</title><style>{}</style></head>\n<body><main><h1>{}</h1>\n",
      language_name(language), escaped(paper.title), kStyle, escaped(paper.title));
  if (!paper.lead.empty())
    out += fmt::format("<p class=\"lead{}\">{}</p>\n", paper.bad ? " bad" : "", escaped(paper.lead));
  for (const auto& chapter : paper.chapters) {
    out += fmt::format("<h2>{}</h2><table><tbody>\n", escaped(chapter.title));
    for (const auto& finding : chapter.findings) {
      out += fmt::format("<tr{}><th scope=\"row\">{}{}</th><td class=\"v\">{}</td><td class=\"n\">{}</td></tr>\n",
                         finding.bad ? " class=\"bad\"" : "", finding.bad ? "▾ " : "", escaped(finding.title),
                         escaped(finding.value), escaped(finding.note));
    }
    out += "</tbody></table>\n";
  }
  return out + fmt::format("<p class=\"end\">{}</p></main></body></html>\n", escaped(paper.end));
}

View report_view(const std::string& portal, Language language) {
  View view;
  view.portal = portal;
  view.language = language;
  return view;
}

bool report_matters(const Table& table) {
  if (!table.summary) return false;
  const auto state = table.summary->flow.portal.week.state;
  if (state == insight::FlowState::clot || state == insight::FlowState::shortage) return true;
  for (const auto& card : table.cards) {
    const auto status = card.state.status;
    if (card.current && (status == periods::AdviceStatus::fresh || status == periods::AdviceStatus::accepted))
      return true;
  }
  return false;
}

std::string report_title(const Table& table, const Calendar& calendar) { return weekly_report(table, calendar).title; }

std::string report_text(const Table& table, const Calendar& calendar) {
  return cut(paper_text(weekly_report(table, calendar)), kReportTextMax);
}

std::string report_html(const Table& table, const Calendar& calendar) {
  return paper_html(weekly_report(table, calendar), table.view.language);
}

std::string audit_title(const Table& table, const Calendar& calendar) { return audit(table, calendar).title; }

std::string audit_text(const Table& table, const Calendar& calendar) { return paper_text(audit(table, calendar)); }

std::string audit_html(const Table& table, const Calendar& calendar) {
  return paper_html(audit(table, calendar), table.view.language);
}

}  // namespace kpistream::exporters
