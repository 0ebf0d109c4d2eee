#include "ingest/bitrix24/subject.hpp"

namespace kpistream::ingest {

Subject::Subject(std::string_view text) {
  const auto mark = text.find('?');
  method_ = text.substr(0, mark);
  if (mark != std::string_view::npos) query_ = text.substr(mark + 1);
}

std::string_view Subject::parameter(std::string_view name) const {
  for (std::string_view left = query_; !left.empty();) {
    const auto end = left.find('&');
    const std::string_view pair = left.substr(0, end);
    left = end == std::string_view::npos ? std::string_view{} : left.substr(end + 1);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) return pair.substr(name.size() + 1);
  }
  return {};
}

std::string Subject::list() const {
  std::string list(method_);
  const auto type = parameter("entityTypeId");
  if (!type.empty()) list.append("?entityTypeId=").append(type);
  return list;
}

}  // namespace kpistream::ingest
