// What was asked: "crm.deal.get?id=701", "crm.stagehistory.list?entityTypeId=2&more=1". Internal to ingest/bitrix24.
#pragma once

#include <string>
#include <string_view>

namespace kpistream::ingest {

// Views into a text that must outlive it.
class Subject {
 public:
  explicit Subject(std::string_view text);

  [[nodiscard]] std::string_view method() const { return method_; }
  [[nodiscard]] std::string_view parameter(std::string_view name) const;  // "" when there is none

  // The list that it is a page of, whatever page: "crm.deal.list", "crm.stagehistory.list?entityTypeId=2". The id of
  // its cursor.
  [[nodiscard]] std::string list() const;

 private:
  std::string_view method_;
  std::string_view query_;
};

}  // namespace kpistream::ingest
