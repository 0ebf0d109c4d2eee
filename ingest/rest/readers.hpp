// The readers: they spend a portal's request budget on the computation's wishes and put the answers into the journal.
//
// What may be asked is a closed table; addresses come from the configuration alone. Redirects are not followed, an
// answer never names a place to call. Answers are bounded in size and time. Failures keep the wish and wait longer each
// time. Nothing that is asked or answered, no address and no token, appears in an error or a figure.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ingest/rest/backfill.hpp"
#include "ingest/rest/errand.hpp"
#include "ingest/rest/token_store.hpp"
#include "stream/ports/clock.hpp"
#include "stream/ports/journal.hpp"
#include "stream/ports/meters.hpp"
#include "stream/ports/wishes.hpp"

namespace kpistream::ingest {

// on_wishes() and collect() are thread-safe; start() and stop() belong to one thread. on_wishes() also makes the reader
// look at its clock anew.
//
// stop() breaks off what is under way and waits until the journal has told of what it took. It may be called twice; a
// stopped reader is not started again. What was not read stays a wish in the state, to be handed in at the next start.
class Reader : public WishListener, public Metered {
 public:
  virtual void start() = 0;
  virtual void stop() = 0;

  // Reads the history since `from`, beside everything else. Both are thread-safe.
  virtual BackfillStart backfill(UnixSeconds from) = 0;
  [[nodiscard]] virtual BackfillProgress backfill_progress() const = 0;
};

// One thread for the requests of all portals. Must outlive its readers. Its end waits for the system's resolver, if a
// name is being resolved.
class RestPool {
 public:
  RestPool();
  ~RestPool();
  RestPool(const RestPool&) = delete;
  RestPool& operator=(const RestPool&) = delete;
  struct Impl;
  [[nodiscard]] Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

struct ReaderOptions {
  std::string portal;                       // alias
  std::string base_url;                     // Bitrix24: the incoming webhook's address, a secret; amoCRM: the account's
  std::shared_ptr<TokenStore> application;  // Bitrix24: `base_url` is that of its REST; amoCRM: `token` is not used
  std::string handler;                      // of an application: where it is told that events wait; empty: nowhere
  std::string token;                        // amoCRM: a long-lived one
  std::chrono::milliseconds gather{1'000};  // pause in which events of one record come together
  std::chrono::milliseconds poll{300'000};  // between two reads of the lists
  bool heal = true;                         // read the lists that tell what webhooks did not
  std::vector<std::string> item_types;      // Bitrix24: entityTypeId of the smart processes that count, digits
  bool fields = false;                      // Bitrix24: read what fields there are too; they name reasons of refusal
  std::chrono::milliseconds directory{3'600'000};  // between two reads of directories
  std::chrono::milliseconds deadline{30'000};      // of one request as a whole, on the real clock
  std::chrono::milliseconds retry_first{1'000};    // after a failure; doubles from one to the next
  std::chrono::milliseconds retry_most{60'000};
  std::size_t answer_bytes_max = 8u << 20;  // must fit into one journal record
  double burst = 0;                         // requests at once; 0: as the CRM allows
  double per_second = 0;                    // requests in the long run; 0: as the CRM allows
  UnixSeconds first_read_from = 0;          // where a list never read before begins; 0: a week ago
  std::function<UnixSeconds(const std::string&)>
      cursor;  // how far a list was read; called by the constructor and on the pool's thread
  // The next ids in the order of bytes, at most so many, that records of a kind are known by and not known to be gone;
  // called on the pool's thread. Empty: deletions are not looked for.
  std::function<std::vector<std::string>(EntityKind kind, const std::string& after, std::size_t most)> known;
  std::function<BackfillCursors()> backfills;        // what was begun; called by the constructor
  std::vector<std::shared_ptr<RestErrand>> errands;  // amoCRM; shown with the reader's own figures
  std::function<double()> chance;  // in [0, 1), for the spread of pauses; called on the pool's thread; empty: random
};

// The lists by time of change that the reader of such a Bitrix24 portal reads, by the names of their cursors: each
// cursor is the moment, by the portal's clock, up to which its records are compared. Pure.
[[nodiscard]] std::vector<std::string> bitrix24_timed_lists(const std::vector<std::string>& item_types);

// The same of amoCRM, but for lists that an account may not have: where they are switched off, all is compared.
[[nodiscard]] std::vector<std::string> amocrm_timed_lists();

// Where, below /api/v4/, the lists are that the reader asks every amoCRM account for.
[[nodiscard]] std::vector<std::string> amocrm_list_paths();

// Both throw std::runtime_error when the base URL is not https (or http to a loopback address). Journal and clock must
// outlive the reader.
[[nodiscard]] std::unique_ptr<Reader> make_bitrix24_reader(RestPool& pool, ReaderOptions options, Journal& journal,
                                                           const Clock& clock);
[[nodiscard]] std::unique_ptr<Reader> make_amocrm_reader(RestPool& pool, ReaderOptions options, Journal& journal,
                                                         const Clock& clock);

}  // namespace kpistream::ingest
