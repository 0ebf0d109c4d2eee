// Random histories without end: model_campaign [--histories N] [--seed S] [--failures N]
#include <charconv>
#include <cstdio>
#include <cstring>

#include "app/kpi_reader.hpp"
#include "tests/model/campaign.hpp"

int main(int argc, char** argv) {
  using namespace kpistream;
  model::Campaign campaign;
  for (int i = 1; i < argc; ++i) {
    std::uint64_t* number = nullptr;
    if (std::strcmp(argv[i], "--histories") == 0) number = &campaign.histories;
    if (std::strcmp(argv[i], "--seed") == 0) number = &campaign.seed;
    if (std::strcmp(argv[i], "--failures") == 0) number = &campaign.failures_most;
    const char* value = i + 1 < argc ? argv[++i] : "";
    if (number == nullptr || std::from_chars(value, value + std::strlen(value), *number).ec != std::errc{}) {
      std::fprintf(stderr, "usage: %s [--histories N] [--seed S] [--failures N]\n", argv[0]);
      return 2;
    }
  }
  std::size_t told = 0;
  const auto tell = [&](const model::Result& result) {
    for (; told < result.failures.size(); ++told) std::printf("%s\n", result.failures[told].c_str());
    std::printf("%llu histories, %llu happenings, %zu differ\n", static_cast<unsigned long long>(result.histories),
                static_cast<unsigned long long>(result.happenings), result.failures.size());
    std::fflush(stdout);
  };
  const auto result = model::run(campaign, app::built_in_catalogue().definitions, tell);
  tell(result);
  return result.failures.empty() ? 0 : 1;
}
