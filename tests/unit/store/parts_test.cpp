// The small parts of the store: checksums, record layout, the chain of state batches.
#include <random>
#include <thread>

#include "fixture.hpp"
#include "store/crc32c.hpp"
#include "store/journal_reader.hpp"
#include "store/log_check.hpp"
#include "store/merge.hpp"
#include "store/record.hpp"

namespace kpistream::store {
namespace {

std::string stored(Position position, const NewRecord& record) {
  std::string value;
  encode_head(record, value);
  const auto sum = RecordChecksum(value, record.body).at(RecordKey(position));
  return value.append(record.body).append(sum.data(), sum.size());
}

NewRecord reading() {
  NewRecord record;
  record.kind = RecordKind::reading;
  record.crm = Crm::amocrm;
  record.portal = "south";
  record.arrived = -5;
  record.subject = "crm.deal.get?id=701";
  record.asked = 300;
  record.status = 204;
  record.body = std::string("{\"a\":\0 1}", 9);
  return record;
}

TEST(Crc32c, gives_the_published_check_value) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);  // RFC 3720, B.4
}

TEST(Crc32c, goes_on_where_it_stopped) {
  const std::string text = "one webhook, all the way";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(crc32c(text.substr(cut), crc32c(text.substr(0, cut))), crc32c(text));
  }
}

TEST(RecordLayout, keeps_every_field) {
  const NewRecord in = reading();
  const Record out = decode_record(77, stored(77, in));
  EXPECT_EQ(out.position, 77u);
  EXPECT_EQ(out.kind, in.kind);
  EXPECT_EQ(out.crm, in.crm);
  EXPECT_EQ(out.portal, in.portal);
  EXPECT_EQ(out.arrived, in.arrived);
  EXPECT_EQ(out.subject, in.subject);
  EXPECT_EQ(out.asked, in.asked);
  EXPECT_EQ(out.status, in.status);
  EXPECT_EQ(out.body, in.body);
}

TEST(RecordLayout, notices_every_flipped_bit_and_every_cut) {
  const std::string good = stored(77, reading());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_THROW((void)decode_record(77, bad), StoreError) << "bit " << bit;
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_THROW((void)decode_record(77, good.substr(0, size)), StoreError) << "size " << size;
  }
}

TEST(RecordLayout, does_not_pass_for_another_position) {
  EXPECT_THROW((void)decode_record(78, stored(77, reading())), StoreError);
}

TEST(RecordKeys, are_ordered_like_positions) {
  std::string before;
  for (const Position position : {Position{0}, Position{1}, Position{255}, Position{256}, Position{1} << 40}) {
    const std::string key(RecordKey(position).view());
    EXPECT_LT(before, key);
    EXPECT_EQ(RecordKey::position(key), position);
    before = key;
  }
}

// One record, as RocksDB writes it: checksum of type and bytes, masked; length; type.
std::string log_record(std::string_view bytes, char type = 1) {
  const std::uint32_t crc = crc32c(type + std::string(bytes));
  const std::uint32_t masked = ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
  std::string record;
  for (int shift = 0; shift < 32; shift += 8) record.push_back(static_cast<char>(masked >> shift));
  record.push_back(static_cast<char>(bytes.size()));
  record.push_back(static_cast<char>(bytes.size() >> 8));
  return record.append(1, type).append(bytes);
}

TEST(LogCheck, takes_whole_records_also_over_the_end_of_a_block) {
  std::string log = log_record(std::string(32'768 - 7 - 5, 'a'));
  EXPECT_TRUE(log_intact(log, log.size()));
  log.append(5, '\0').append(log_record("next block"));  // no room for a header: filled up
  EXPECT_TRUE(log_intact(log, log.size()));
  EXPECT_TRUE(log_intact(log + "torn", log.size()));
  EXPECT_TRUE(log_intact("", 0));
}

TEST(LogCheck, notices_every_flipped_bit_and_a_cut_before_the_length_it_should_have) {
  const std::string log = log_record("first", 2) + log_record("last", 4) + log_record("full");
  for (std::size_t bit = 0; bit < log.size() * 8; ++bit) {
    std::string bad = log;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(log_intact(bad, log.size())) << "bit " << bit;
  }
  for (std::size_t size = 0; size < log.size(); ++size) EXPECT_FALSE(log_intact(log.substr(0, size), log.size()));
  EXPECT_FALSE(log_intact(log, log.size() - 1));  // in the middle of a record
}

// Merges like RocksDB: any neighbours, in any order of joining.
std::string join(const rocksdb::MergeOperator& merge, std::vector<std::string> links, std::mt19937& random) {
  while (links.size() > 1) {
    const std::size_t at = random() % (links.size() - 1);
    std::string joined;
    EXPECT_TRUE(merge.PartialMerge("", links[at], links[at + 1], &joined, nullptr));
    links[at] = joined;
    links.erase(links.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
  return links.front();
}

TEST(StateChain, joins_in_any_grouping_and_breaks_on_any_missing_link) {
  std::mt19937 random(1);
  const auto merge = chain_merge();
  std::vector<std::string> links;
  for (std::uint64_t n = 0; n < 12; ++n) links.push_back(Chain{n, n + 1}.encode());
  const auto whole = Chain::decode(join(*merge, links, random));
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->first, 0u);
  EXPECT_EQ(whole->last, 12u);
  for (std::ptrdiff_t missing = 1; missing < 11; ++missing) {
    auto torn = links;
    torn.erase(torn.begin() + missing);
    EXPECT_FALSE(Chain::decode(join(*merge, torn, random))) << "link " << missing;
  }
}

TEST(CellsMerge, refuses_what_is_not_a_cell) {
  std::string sum;
  EXPECT_TRUE(
      cells_merge()->PartialMerge("", std::string_view("\x00\x02", 2), std::string_view("\x00\x02", 2), &sum, nullptr));
  EXPECT_EQ(sum, std::string_view("\x00\x04", 2));
  EXPECT_FALSE(
      cells_merge()->PartialMerge("", std::string_view("\x00", 1), std::string_view("\x00\x02", 2), &sum, nullptr));
}

TEST(TailWaits, ends_for_a_newer_position_a_wake_and_a_wake_before_it) {
  constexpr std::chrono::hours kLong{1};
  Tail tail(5);
  tail.wait(4, kLong);  // already newer
  tail.wake();
  tail.wait(5, kLong);  // woken before
  tail.wait(5, std::chrono::milliseconds(1));
  std::thread other([&] { tail.advance(6); });
  tail.wait(5, kLong);
  other.join();
  EXPECT_EQ(tail.get(), 6u);
}

}  // namespace
}  // namespace kpistream::store
