// Tokens that can be used once, on a disk that loses its power or fails a call, before a server that exchanges a token
// once and takes nobody in who comes with a used one.
//
// Locked out is who has used up his token and does not have the next. That must happen only when the power goes while
// the answer is on its way, and then the next event of the application helps, without anybody's hands.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <filesystem>
#include <new>

#include "child.hpp"
#include "ingest/rest/token_store.hpp"
#include "scratch.hpp"

namespace kpistream::store {
namespace {

using ingest::TokenStore;
using Errand = TokenStore::Errand;

constexpr int kRounds = 4;        // renewals in a life
constexpr int kErrandsMost = 20;  // in a row; more would be a loop

class Files final : public ingest::SmallFiles {
 public:
  explicit Files(FaultFs& files) : files_(files) {}

  std::optional<std::string> read(const std::string& path) override { return ingest::disk_files().read(path); }
  bool make_folder(const std::string& path) override { return ingest::disk_files().make_folder(path); }
  bool write_synced(const std::string& path, const std::string& bytes) override {
    if (std::filesystem::exists(path) && !files_.DeleteFile(path, {}, nullptr).ok()) return false;
    std::unique_ptr<rocksdb::FSWritableFile> file;
    if (!files_.NewWritableFile(path, {}, &file, nullptr).ok()) return false;
    const bool written = file->Append(bytes, {}, nullptr).ok() && file->Sync({}, nullptr).ok();
    return file->Close({}, nullptr).ok() && written;
  }
  bool rename(const std::string& from, const std::string& to) override {
    return files_.RenameFile(from, to, {}, nullptr).ok();
  }
  bool sync_folder(const std::string& path) override {
    std::unique_ptr<rocksdb::FSDirectory> folder;
    return files_.NewDirectory(path, {}, &folder, nullptr).ok() && folder->Fsync({}, nullptr).ok();
  }

 private:
  FaultFs& files_;
};

// In memory that outlives every child: the portal and its server that gives tokens.
struct Portal {
  std::atomic<int> serial{0};          // of the pair that is valid: "a7" and "r7"
  std::atomic<int> used{0};            // the newest access token that came with a request
  std::atomic<bool> under_way{false};  // an answer that was given and not yet kept
  std::atomic<int> helped{0};          // events that were needed
  std::atomic<std::uint64_t> calls{0};

  ingest::ExchangeAnswer exchange(const std::string& refresh) {
    if (refresh != "r" + std::to_string(serial)) return {ingest::Exchange::used_up, {}};
    ++serial;
    under_way = true;
    return {ingest::Exchange::given, pair()};
  }
  [[nodiscard]] ingest::TokenPair pair() const {
    const std::string number = std::to_string(serial);
    return {"a" + number, "r" + number, 0, "member", ""};
  }
};
struct Unmapped {
  void operator()(Portal* portal) const { ::munmap(portal, sizeof(Portal)); }
};
std::unique_ptr<Portal, Unmapped> make_portal() {
  void* const memory = ::mmap(nullptr, sizeof(Portal), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return std::unique_ptr<Portal, Unmapped>(new (memory) Portal);
}

// What the reader does, without the network.
void do_errands(TokenStore& tokens, Portal& portal) {
  for (int i = 0; i < kErrandsMost; ++i) {
    const auto errand = tokens.next(true);
    if (!errand) return;
    if (errand->kind == Errand::Kind::candidate) {
      const bool valid = errand->token == "a" + std::to_string(portal.serial);
      (void)tokens.checked(valid ? ingest::Rank::administrator : ingest::Rank::dead);
      continue;
    }
    if (!tokens.begin(*errand)) continue;  // as after a pause
    (void)tokens.take(*errand, portal.exchange(errand->token));
    (void)tokens.next(true);  // what could not be written is tried again
    if (tokens.state() != ingest::TokenState::unwritable) portal.under_way = false;
  }
}

class TokenLives : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(scratch.store()); }

  void begin() {
    scratch.renew();
    std::filesystem::create_directory(scratch.store());
    portal->serial = portal->used = portal->helped = 0;
    portal->under_way = false;
  }

  [[nodiscard]] std::string path() const { return scratch.store() + "/tokens/acme.json"; }

  // Of the newest pair on the disk; -1: there is none, or it is damaged.
  [[nodiscard]] int kept() const {
    const auto bytes = ingest::disk_files().read(path());
    if (!bytes) return portal->used == 0 ? 0 : -1;
    const auto file = ingest::decode_token_file(*bytes);
    if (!file) return -1;
    int newest = 0;
    for (const auto& pair : {file->current, file->candidate}) {
      if (pair) newest = std::max(newest, std::stoi(pair->access.substr(1)));
    }
    return newest;
  }

  Ending life(const FaultPlan& plan) {
    scratch.renew_side();
    return run_child(*ledger, [&] { return live(plan); });
  }

  Ending live(const FaultPlan& plan) {
    FaultFs faults(plan, scratch.side());
    Files files(faults);
    ingest::TokenStoreOptions options;
    options.portal = "acme";
    options.path = path();
    options.first = [this] { return first; };
    TokenStore tokens(options, files);
    if (tokens.state() == ingest::TokenState::damaged) return wrong("the file is damaged");
    for (int round = 0; round < kRounds; ++round) {
      do_errands(tokens, *portal);
      if (!tokens.access()) help(tokens);
      const auto access = tokens.access();
      if (!access) return tokens.state() == ingest::TokenState::unwritable ? Ending::failed : wrong("locked out");
      const int number = std::stoi(access->substr(1));
      if (kept() < number) return wrong("a pair is used that is not on the disk");
      portal->used = std::max(portal->used.load(), number);
      number == portal->serial ? tokens.expired(*access) : tokens.dead(*access);
    }
    portal->calls = plan.fail_at != 0 ? faults.calls() : faults.writing_calls();
    return Ending::fine;
  }

  // An event comes, with the pair that is valid. An account sends none: there the operator gives another first token.
  void help(TokenStore& tokens) {
    if (tokens.state() == ingest::TokenState::unwritable) return;
    ++portal->helped;
    if (account) {
      first = portal->pair().refresh;
      return do_errands(tokens, *portal);
    }
    ingest::ApplicationEvent event{ingest::ApplicationEvent::Kind::installed, {}};
    event.offer = {portal->pair().refresh, "event-token", "member", 1'789'369'205, false};
    tokens.heard(event);
    do_errands(tokens, *portal);
  }

  Ending wrong(const std::string& what) {
    ledger->say(what);
    return Ending::wrong;
  }

  // A life that is cut at each of its calls in turn: who was helped, how often it was cut.
  struct Cuts {
    int cuts = 0;
    int helped = 0;
  };
  Cuts cut_everywhere();

  bool account = false;      // of amoCRM
  std::string first = "r0";  // what the operator has given
  Scratch scratch;
  std::unique_ptr<Ledger, Unmap> ledger = make_ledger();
  std::unique_ptr<Portal, Unmapped> portal = make_portal();
};

TokenLives::Cuts TokenLives::cut_everywhere() {
  const std::uint64_t seed = from_environment("KPISTREAM_SEED", 1);
  Cuts all;
  for (const bool kill : {false, true}) {
    for (std::uint64_t k = 1;; ++k) {
      begin();
      const Ending ending = life({.cut_at = k, .kill = kill, .seed = seed + k});
      if (ending == Ending::fine) break;
      EXPECT_EQ(ending, Ending::cut) << "cut " << k << ": " << ledger->text;
      if (ending != Ending::cut) return all;
      ++all.cuts;
      EXPECT_GE(kept(), portal->used) << "cut " << k << ": a pair was used that is not on the disk";
      const bool answer_was_lost = portal->under_way && kept() < portal->serial;
      portal->helped = 0;
      EXPECT_EQ(life({}), Ending::fine) << "after cut " << k << ": " << ledger->text;
      EXPECT_EQ(portal->helped, answer_was_lost ? 1 : 0) << "after cut " << k;
      all.helped += portal->helped;
    }
  }
  return all;
}

TEST_F(TokenLives, a_cut_anywhere_leaves_the_pair_that_was_used_and_locks_nobody_out) {
  const auto [cuts, helped] = cut_everywhere();
  EXPECT_GT(cuts, 60);
  EXPECT_GT(helped, 0);
  std::printf("%d cuts and kills, %d of them while an answer was on its way\n", cuts, helped);
}

TEST_F(TokenLives, of_an_account_too_where_the_operator_helps_with_another_code) {
  account = true;
  const auto [cuts, helped] = cut_everywhere();
  EXPECT_GT(cuts, 60);
  EXPECT_GT(helped, 0);
  std::printf("%d cuts and kills, %d of them while an answer was on its way\n", cuts, helped);
}

TEST_F(TokenLives, a_call_that_fails_once_costs_nothing) {
  begin();
  ASSERT_EQ(life({.fail_at = UINT64_MAX}), Ending::fine) << ledger->text;
  const std::uint64_t calls = portal->calls;
  ASSERT_GT(calls, 30u);
  for (std::uint64_t n = 1; n <= calls; ++n) {
    begin();
    ASSERT_EQ(life({.fail_at = n, .seed = n}), Ending::fine) << "call " << n << ": " << ledger->text;
    EXPECT_EQ(portal->helped, 0) << "call " << n;
    EXPECT_GE(kept(), portal->used) << "call " << n;
  }
}

TEST_F(TokenLives, when_all_calls_fail_from_one_on_nothing_is_used_that_is_not_kept) {
  for (std::uint64_t n = 1;; ++n) {
    begin();
    const Ending ending = life({.fail_at = n, .fail_on = true, .seed = n});
    if (ending == Ending::fine) break;
    ASSERT_EQ(ending, Ending::failed) << "call " << n << ": " << ledger->text;
    const bool answer_was_lost = portal->under_way && kept() < portal->serial;
    ASSERT_EQ(life({}), Ending::fine) << "after call " << n << ": " << ledger->text;
    EXPECT_EQ(portal->helped, answer_was_lost ? 1 : 0) << "after call " << n;
  }
}

// Before a token is used up, the file was written once: on a disk that takes nothing none is.
TEST_F(TokenLives, on_a_disk_that_takes_nothing_no_token_is_used_up) {
  begin();
  ASSERT_EQ(life({}), Ending::fine) << ledger->text;
  const int serial = portal->serial;
  ASSERT_EQ(life({.fail_at = 1, .fail_on = true}), Ending::failed) << ledger->text;
  EXPECT_EQ(portal->serial, serial);
  ASSERT_EQ(life({}), Ending::fine) << ledger->text;
  EXPECT_EQ(portal->helped, 0);
}

}  // namespace
}  // namespace kpistream::store
