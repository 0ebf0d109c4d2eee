#include "store/examine.hpp"

#include <algorithm>
#include <limits>

#include "store/files.hpp"
#include "store/merge.hpp"
#include "store/record.hpp"
#include "store/retention.hpp"

namespace kpistream::store {
namespace {

constexpr Position kNoEnd = std::numeric_limits<Position>::max();

struct Run {
  Position first = 0;
  Position last = 0;
  std::uint64_t entries = 0;
};

[[noreturn]] void hole(const Database& database, Position missing) {
  raise(database.path(), "has lost journal records from " + std::to_string(missing) +
                             " on, although later ones are there: put it back from a backup");
}

std::vector<Run> runs_in_tables(const Database& database) {
  rocksdb::ColumnFamilyMetaData meta;
  database.db().GetColumnFamilyMetaData(database.journal(), &meta);
  rocksdb::TablePropertiesCollection properties;
  require(database.db().GetPropertiesOfAllTables(database.journal(), &properties), database.path(),
          "has a damaged table; put it back from a backup");
  std::vector<Run> runs;
  for (const auto& level : meta.levels) {
    for (const auto& file : level.files) {
      const auto found = properties.find(file.db_path + file.name);
      if (found == properties.end()) raise(file.db_path + file.name, "is missing: put the store back from a backup");
      runs.push_back(
          {RecordKey::position(file.smallestkey), RecordKey::position(file.largestkey), found->second->num_entries});
    }
  }
  std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.first < b.first; });
  return runs;
}

// On from `tail`, one record after the other, up to `last` or the end.
Position walk(const Database& database, Position tail, Position last) {
  const std::unique_ptr<rocksdb::Iterator> at(database.db().NewIterator({}, database.journal()));
  for (at->Seek(RecordKey(tail + 1).view()); at->Valid() && tail < last; at->Next()) {
    if (RecordKey::position(at->key().ToStringView()) != tail + 1) hole(database, tail + 1);
    ++tail;
  }
  require(at->status(), database.path(), "has a damaged journal; put it back from a backup");
  return tail;
}

// Up to where the tables hold every record from `first` on. What is left below may have holes: whole files have gone.
Position end_of_tables(const Database& database, Position first) {
  Position tail = first - 1;
  for (const Run& run : runs_in_tables(database)) {
    if (run.last < first) continue;
    const bool whole = run.entries == run.last - run.first + 1;
    if (run.first < first && !whole) {
      tail = walk(database, tail, run.last);
      if (tail < run.last) hole(database, tail + 1);
      continue;
    }
    if (!whole || std::max(run.first, first) != tail + 1) hole(database, tail + 1);
    tail = run.last;
  }
  return tail;
}

void examine_chain(const Database& database, Examination& examination) {
  std::string bytes;
  const auto status = database.db().Get({}, database.own(), kChainKey, &bytes);
  if (status.IsNotFound()) return;
  require(status, database.path(), "has a damaged state; put it back from a backup");
  const auto chain = Chain::decode(bytes);
  examination.state_whole = chain && chain->first == 0;
  if (examination.state_whole) examination.applied = chain->last;
}

}  // namespace

Examination examine(const Database& database) {
  Examination examination;
  examination.first = stored_first(database);
  examination.tail = walk(database, end_of_tables(database, examination.first), kNoEnd);
  examine_chain(database, examination);
  return examination;
}

}  // namespace kpistream::store
