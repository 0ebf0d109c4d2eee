// What differs from portal to portal: mapping, not code. Every list may be empty; what an empty one means is said here.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "stream/crm/vocabulary.hpp"

namespace kpistream {

// Minutes of a local day, from midnight.
struct WorkHours {
  int begin = 0;
  int end = 0;  // excluded; begin == end: no work
  friend bool operator==(const WorkHours&, const WorkHours&) = default;
};

// Local calendar days as days since 1970-01-01, both ends included.
struct DayRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
  friend bool operator==(const DayRange&, const DayRange&) = default;
};

struct WorkSchedule {
  std::array<WorkHours, 7> week{{{540, 1080}, {540, 1080}, {540, 1080}, {540, 1080}, {540, 1080}, {}, {}}};  // Mon..Sun
  std::vector<std::int64_t> holidays;       // no work on these days
  std::map<std::int64_t, int> transferred;  // worked like that weekday (0: Monday), whatever the day is
  friend bool operator==(const WorkSchedule&, const WorkSchedule&) = default;
};

struct ManagerSettings {
  std::string team;                // empty: no team
  std::int64_t since_day = 0;      // first working day; 0: settled since ever
  std::vector<DayRange> absences;  // mute comparisons
  friend bool operator==(const ManagerSettings&, const ManagerSettings&) = default;
};

// 1 unit of the currency in units of the base currency, in millionths, from a day on.
struct Rate {
  std::int64_t from_day = 0;
  std::int64_t micros = 0;
  friend bool operator==(const Rate&, const Rate&) = default;
};

enum class PlanPeriod : std::uint8_t { week, month, quarter };

// A goal for a KPI. The newest `from_day` that is not after a period's first day holds for that period.
struct Target {
  std::string kpi;      // "revenue": the id of a KPI, with ".sum" for its sum
  std::string manager;  // empty: of the team or of everybody
  std::string team;     // empty: of everybody
  PlanPeriod period = PlanPeriod::month;
  std::int64_t from_day = 0;
  std::int64_t value = 0;  // count, or minor units of money, or seconds
  friend bool operator==(const Target&, const Target&) = default;
};

// In whose table a portal's facts are counted, where that is not its own (docs/decisions/0020). Portals of one table
// have one zone, currency, working time and limits.
struct CountsIn {
  using Ids = std::map<std::string, std::string>;  // an id of this portal's CRM -> the table's id
  std::string portal;                              // the alias of that portal; empty: its own table
  // What is not named here is counted as "<alias>/<id>", so that no id means two things.
  Ids people;
  Ids pipelines;
  Ids stages;
  Ids sources;
  Ids loss_reasons;
  UnixSeconds until = 0;  // what is of this moment or later, and what holds now, does not count; 0: all counts
  friend bool operator==(const CountsIn&, const CountsIn&) = default;
};

struct PortalSettings {
  std::string alias;  // label value; [a-z0-9_-]{1,32}
  Crm crm = Crm::bitrix24;
  std::string zone = "Europe/Moscow";  // IANA name
  std::string currency = "RUB";        // ISO 4217, the base currency
  UnixSeconds known_since = 0;         // figures are complete from here on; 0: from the first record
  // The CRM's lists by time of change that healing compares with what we know, by the names of their cursors. Empty:
  // there are none, and webhooks are all there is.
  std::vector<std::string> compared_lists;
  CountsIn counts_in;
  std::vector<PortalSettings> members;  // whose facts are counted in this portal's table too; see tables_of()
  bool leads = true;                    // Bitrix24 classic mode. false (simple mode, amoCRM): an inquiry is a deal

  // Stages. Ids as the CRM writes them (amoCRM: status ids).
  std::vector<std::string> main_pipelines;       // for the flow balance; empty: all
  std::vector<std::string> incoming_stages;      // amoCRM: not yet accepted as an inquiry
  std::vector<std::string> qualified_stages;     // reaching one ends the processing of an inquiry; empty: only its end
  std::vector<std::string> quote_stages;         // of a quote or a deal: sent. Empty: quotes by the CRM's own stages
  std::vector<std::string> payment_stages;       // of a deal: paid; empty: none
  std::vector<std::string> meeting_stages;       // of a deal: a meeting was held; empty: none
  std::vector<std::string> complaint_pipelines;  // a deal made here is a complaint
  std::vector<std::string> complaint_stages;     // a deal that reaches one is a complaint
  std::vector<Field> complaint_fields;           // a record with one of these (or a "tag") is a complaint
  std::vector<std::string> paid_values;          // invoice stages or list values that mean paid; empty: the CRM's own
  // Acts.
  std::vector<std::string> meeting_types;    // task or activity types that are meetings; empty: the CRM's own
  std::vector<std::string> complaint_types;  // activity types that are complaints
  // Bitrix24: what else is an offer or a payment. Smart processes ("DYNAMIC_128", which may also stand among the two
  // lists above), printed documents ("DOCUMENT"), payments of orders ("PAYMENT"). Empty: nothing else.
  std::vector<std::string> quote_types;
  std::vector<std::string> payment_types;
  std::vector<std::string> robots;     // users whose acts are not human: integrations, service accounts
  std::int64_t talk_seconds_min = 10;  // an answered call shorter than this is "short"

  // Custom fields that are kept, our name -> the CRM's id; definitions may use them as field.<name>.
  std::map<std::string, std::string> fields;
  std::string quote_amount_field;  // our name of the field that holds a quote's sum; empty: the deal's amount
  std::string cost_field;          // ... that holds a deal's cost: profit is amount minus cost
  // Whose changes are actions (K5): "amount", "owner", "tag" or our names of fields. Empty: no change of a field is.
  std::vector<std::string> action_fields;
  // amoCRM: times that come as text without a zone are believed, because no REST answer will tell better; in this zone,
  // or where it is empty that of the host.
  bool text_times = false;
  std::string text_zone;
  std::string loss_reason_field;  // Bitrix24: the CRM's id of the field with the reason; amoCRM knows its own

  WorkSchedule work;
  std::map<std::string, ManagerSettings> managers;
  std::map<std::string, std::vector<Rate>> rates;  // by currency, sorted by day
  std::vector<Target> targets;

  // Limits of the definitions in KPI.md.
  std::int64_t response_target = 900;  // seconds of working time (K12)
  std::int64_t return_within = 7'200;  // working seconds until a missed call counts as not returned (K11)
  std::int64_t served_within = 300;    // seconds within which a caller is served after all (K10)
  std::int64_t stuck_days = 5;         // working days without an action (K18)
  std::int64_t client_days = 365;      // a client is active that long after a sale (K2)
  std::int64_t bulk_per_minute = 30;   // records made by one hand within a minute: an import
  bool active_time = false;            // K32; needs a lawful basis

  friend bool operator==(const PortalSettings&, const PortalSettings&) = default;
};

}  // namespace kpistream
