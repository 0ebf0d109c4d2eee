#include "child.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <new>
#include <random>
#include <set>

#include "stream/kpi/cell.hpp"
#include "stream/memory_state.hpp"

namespace kpistream::store {
namespace {

constexpr unsigned kHangSeconds = 60;
constexpr Space kAllSpaces[] = {Space::entities, Space::facts, Space::cells, Space::wishes, Space::meta};

class Acknowledgements : public AppendListener {
 public:
  explicit Acknowledgements(Ledger& ledger) : ledger_(ledger) {}
  void on_group(std::span<const Ticket> tickets) noexcept override {
    for (const auto& ticket : tickets) {
      if (ticket.outcome != AppendOutcome::appended) continue;
      const std::uint64_t n = ledger_.acknowledged_count.load();
      ledger_.acknowledged[n] = ticket.token;
      ledger_.acknowledged_count.store(n + 1);
    }
    const std::lock_guard lock(mutex_);
    told_ += tickets.size();
    changed_.notify_all();
  }
  void wait_for(std::size_t told) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return told_ >= told; });
  }

 private:
  Ledger& ledger_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t told_ = 0;
};

std::string number(std::uint64_t n) { return std::to_string(n); }

std::uint64_t id_of(const Record& record) { return std::stoull(record.body); }

// What a record does to the state: every kind of change, on keys that repeat and keys that do not. By its id alone, so
// that it can be done again when the record has expired.
void fold(Position position, std::uint64_t id, StateBatch& batch) {
  Cell cell;
  cell.add(kCountSlot, 1);
  cell.add(kSumSlot, id % 2 == 0 ? static_cast<std::int64_t>(id) : -3);
  batch.adds.push_back({"c" + number(id % 7), cell.encode()});
  batch.puts.push_back({Space::facts, "f" + number(position), number(id)});
  if (position > 20) batch.erases.push_back({Space::facts, "f" + number(position - 20)});
  batch.puts.push_back({Space::entities, "e" + number(id % 11), number(id) + std::string(id * 7'919 % 900, 'e')});
  batch.puts.push_back({Space::wishes, "w" + number(id % 3), number(position)});
}

Position position_of(const State& state) {
  const auto stored = state.get(Space::meta, "position");
  return stored ? std::stoull(*stored) : 0;
}

void follow(Store& store, std::size_t records_a_batch) {
  for (;;) {
    const auto records = store.journal().read(position_of(store.state()), records_a_batch, 1u << 20);
    if (records.empty()) return;
    StateBatch batch;
    for (const auto& record : records) fold(record.position, id_of(record), batch);
    batch.puts.push_back({Space::meta, "position", number(records.back().position)});
    store.state().apply(batch);
  }
}

// What is in the state, as the ledger will have it for ever.
void expire(Store& store, Ledger& ledger, Position before) {
  for (const auto& record : store.journal().read(0, SIZE_MAX, SIZE_MAX)) {
    if (record.position < before) ledger.expired[record.position - 1] = id_of(record);
  }
  ledger.expired_count = std::max<std::uint64_t>(ledger.expired_count, before - 1);
  store.expire(before);
}

std::string check_journal(const std::vector<std::uint64_t>& ids, const Ledger& ledger) {
  std::set<std::uint64_t> stored;
  for (const std::uint64_t id : ids) {
    if (!stored.insert(id).second) return "record " + number(id) + " is there twice";
    if (id >= ledger.next_id) return "record " + number(id) + " was never written";
  }
  for (std::uint64_t n = 0; n < ledger.acknowledged_count; ++n) {
    if (!stored.contains(ledger.acknowledged[n])) return "record " + number(ledger.acknowledged[n]) + " is lost";
  }
  return {};
}

std::string check_space(const State& stored, const State& model, Space space) {
  using Content = std::vector<std::pair<std::string, std::string>>;
  const auto content = [space](const State& state) {
    Content all;
    state.scan(space, "", "", [&](std::string_view key, std::string_view value) {
      all.emplace_back(key, value);
      return true;
    });
    return all;
  };
  const Content is = content(stored);
  const Content ought = content(model);
  if (is == ought) return {};
  const auto [a, b] = std::mismatch(is.begin(), is.end(), ought.begin(), ought.end());
  return "space " + number(static_cast<std::uint64_t>(space)) + " is not the fold of the journal, from key '" +
         (a != is.end() ? a->first : "(end)") + "' instead of '" + (b != ought.end() ? b->first : "(end)") + "' on";
}

std::string check_state(const State& stored, const std::vector<std::uint64_t>& ids) {
  const Position position = position_of(stored);
  if (position > ids.size()) return "the state is ahead of the journal";
  MemoryState model;
  for (Position p = 1; p <= position; ++p) {
    StateBatch batch;
    fold(p, ids[p - 1], batch);
    batch.puts.push_back({Space::meta, "position", number(p)});
    model.apply(batch);
  }
  for (const Space space : kAllSpaces) {
    if (auto wrong = check_space(stored, model, space); !wrong.empty()) {
      return wrong + ", at position " + number(position) + " of " + number(ids.size());
    }
  }
  return {};
}

}  // namespace

void Ledger::say(std::string_view words) {
  const std::size_t size = std::min(words.size(), sizeof text - 1);
  std::memcpy(text, words.data(), size);
  text[size] = '\0';
}

void Unmap::operator()(Ledger* ledger) const { ::munmap(ledger, sizeof(Ledger)); }

std::unique_ptr<Ledger, Unmap> make_ledger() {
  void* memory = ::mmap(nullptr, sizeof(Ledger), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return std::unique_ptr<Ledger, Unmap>(new (memory) Ledger);
}

Ending run_child(Ledger& ledger, const std::function<Ending()>& life) {
  ledger.say("");
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(kHangSeconds);
    Ending ending = Ending::died;
    try {
      ending = life();
    } catch (const StoreError& error) {
      ledger.say(error.what());
      ending = Ending::refused;
    }
    ::_exit(static_cast<int>(ending));
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return Ending::died;
  if (WIFSIGNALED(status)) ledger.say("signal " + number(static_cast<std::uint64_t>(WTERMSIG(status))));
  if (!WIFEXITED(status)) return Ending::died;
  return WEXITSTATUS(status) == kCutExit ? Ending::cut : static_cast<Ending>(WEXITSTATUS(status));
}

StoreOptions crash_options(const std::string& path) {
  StoreOptions options;
  options.path = path;
  options.free_bytes_min = 0;
  options.journal_buffer_bytes = 64u << 10;
  options.state_buffer_bytes = 64u << 10;
  options.cache_bytes = 256u << 10;
  options.seal_sync_every = std::chrono::milliseconds(1);
  return options;
}

bool work(Store& store, Ledger& ledger, const Work& work) {
  Acknowledgements acknowledgements(ledger);
  std::mt19937_64 random(work.seed);
  std::size_t taken = 0;
  try {
    if (work.expire_all) expire(store, ledger, position_of(store.state()) + 1);
    for (int round = 0; round < work.rounds && !store.failed(); ++round) {
      for (std::uint64_t n = 1 + random() % 6; n > 0; --n) {
        NewRecord record;
        record.portal = "north";
        const std::uint64_t id = ledger.next_id++;
        record.body = number(id) + " ";
        for (std::size_t i = random() % work.body_bytes; i > 0; --i) {
          record.body.push_back(static_cast<char>('a' + random() % 26));
        }
        if (store.journal().append(std::move(record), acknowledgements, id)) ++taken;
      }
      if (random() % 3 != 0) acknowledgements.wait_for(taken);
      // Seldom, so that the state then writes for a while without a sync between.
      if (random() % 10 == 0) follow(store, 1 + random() % 4);
      const Position first = store.journal().first();
      const Position end = position_of(store.state()) + 1;
      if (random() % 15 == 0) expire(store, ledger, first + random() % (end + 1 - first));
    }
    acknowledgements.wait_for(taken);
    follow(store, 2);
  } catch (const StoreError& error) {
    ledger.say(error.what());
  }
  store.close();  // before the listener goes
  return !store.failed();
}

std::string check(Store& store, const Ledger& ledger) {
  const Position first = store.journal().first();
  if (first > ledger.expired_count + 1) return "records have expired that should not";
  std::vector<std::uint64_t> ids(ledger.expired, ledger.expired + first - 1);
  for (const auto& record : store.journal().read(0, SIZE_MAX, SIZE_MAX)) {
    if (record.position != ids.size() + 1) return "the journal has holes";
    ids.push_back(id_of(record));
  }
  if (ids.size() != store.journal().tail()) return "the journal ends early";
  if (auto wrong = check_journal(ids, ledger); !wrong.empty()) return wrong;
  return check_state(store.state(), ids);
}

Ending live(const std::string& path, const std::shared_ptr<FaultFs>& files, Ledger& ledger, const Work& todo,
            bool cut_at_end) {
  Ending ending = Ending::fine;
  try {
    const auto store = open_on(crash_options(path), files);
    if (!store->notes().empty()) ++ledger.rebuilds;
    if (const auto wrong = check(*store, ledger); !wrong.empty()) {
      ledger.say(wrong);
      return Ending::wrong;
    }
    if (!work(*store, ledger, todo)) ending = Ending::failed;
  } catch (const StoreError& error) {
    ledger.say(error.what());
    ending = Ending::refused;
  }
  ledger.calls = files->calls();
  ledger.writing_calls = files->writing_calls();
  if (cut_at_end) files->cut();
  return ending;
}

}  // namespace kpistream::store
