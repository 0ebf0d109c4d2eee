// What is known by its name in a CRM's directories, in Russian and English: the words of both `connect`s. Pure.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "app/connect/proposal.hpp"

namespace kpistream::app {

// Small letters, of Latin and Russian alphabets; the rest is left as it is.
[[nodiscard]] std::string lower(std::string_view text);
// Small letters between blanks, so that " кп " finds a whole word.
[[nodiscard]] std::string words_of(const std::string& name);

using Parts = std::span<const std::string_view>;
[[nodiscard]] bool has_one(const std::string& words, Parts parts);

inline constexpr std::array<std::string_view, 6> kQuote{"коммерческ", " кп ",     "предложен",
                                                        "quote",      "proposal", " offer"};
inline constexpr std::array<std::string_view, 10> kNotSent{"подготов", "готовим", "составл", "согласов", "запрос",
                                                           " нужно ",  "draft",   "prepar",  "approv",   "request"};
inline constexpr std::array<std::string_view, 8> kPaid{
    "оплачен",        "оплата получен", "получена оплата",  "предоплата получен",
    "деньги получен", " paid ",         "payment received", "prepaid"};
inline constexpr std::array<std::string_view, 8> kNotPaid{" не оплачен", "неоплачен", "ожид",   " ждем ",
                                                          "частично",    "not paid",  "unpaid", "awaiting"};
inline constexpr std::array<std::string_view, 3> kPayment{"оплат", "поступлен", "payment"};
inline constexpr std::array<std::string_view, 3> kMeeting{"встреч", "meeting", "замер"};
inline constexpr std::array<std::string_view, 6> kHeld{"проведен", "состоял", "прошл", "завершен", " held ", " done "};
inline constexpr std::array<std::string_view, 5> kComplaint{"рекламац", "жалоб", "претензи", "complaint", "claim"};
inline constexpr std::array<std::string_view, 6> kCost{"себестоим", "затрат", "расход", "закуп", " cost", "expense"};
inline constexpr std::array<std::string_view, 9> kRobot{" бот ",       " bot ", " робот ",  " robot ", "интеграц",
                                                        "integration", " api ", "salesbot", "webhook"};

// What was found in the directories.
struct Found {
  std::vector<std::string> ids;
  std::string names;  // "A, B"

  void add(std::string id, const std::string& name) {
    ids.push_back(std::move(id));
    names += (names.empty() ? "" : ", ") + name;
  }
  [[nodiscard]] bool any() const { return !ids.empty(); }
};

// Those whose name has a word of `wanted`, one of `also` if there are any, and none of `unwanted`.
[[nodiscard]] Found like(const std::vector<Named>& all, Parts wanted, Parts also = {}, Parts unwanted = {});

struct Choice {
  Found found;
  const char* group;
  Phrase reason;
  const char* key = nullptr;  // instead of the usual one
};

// The first choice that was found, as a list in the configuration; without any, `otherwise`, for which nothing is
// written.
[[nodiscard]] Proposal first_of(Phrase subject, const char* key, std::span<const Choice> choices, Line otherwise);

}  // namespace kpistream::app
