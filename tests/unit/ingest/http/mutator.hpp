// Streams of two good requests with up to four random wounds.
#pragma once

#include <random>
#include <string>

namespace kpistream::ingest {

inline const std::string kGood[] = {
    "POST /hook/bitrix24/demo HTTP/1.1\r\nHost: kpi.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 11\r\n\r\nevent=X&a=1",
    "POST /hook/amocrm/a/b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
    "chunked\r\n\r\n4;x=y\r\na=b&\r\n3\r\nc=d\r\n0\r\nT: u\r\n\r\n",
    "POST /h HTTP/1.0\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\na=b",
    "GET / HTTP/1.1\r\nHost: [::1]:80\r\nAccept: */*\r\nConnection: close\r\n\r\n",
    "POST /x?y=%20 HTTP/1.1\r\nhost: a\r\nExpect: 100-continue\r\ncontent-length: 0\r\n\r\n",
};

inline const std::string kBits[] = {"\r\n",
                                    "\n",
                                    "\r",
                                    " ",
                                    "\t",
                                    ":",
                                    ",",
                                    ";",
                                    "0",
                                    "1",
                                    "a",
                                    "f",
                                    "\r\n\r\n",
                                    "\x7f",
                                    "\xff",
                                    std::string(1, '\0'),
                                    "Content-Length: 5\r\n",
                                    "Transfer-Encoding: chunked\r\n",
                                    "Transfer-Encoding: identity\r\n",
                                    "Host: h\r\n",
                                    "Connection: close\r\n",
                                    "chunked",
                                    "HTTP/1.1",
                                    "HTTP/1.0",
                                    "HTTP/2.0",
                                    "-1",
                                    "+1",
                                    "0x",
                                    "99999999999999999999",
                                    "GET / HTTP/1.1\r\nHost: h\r\n\r\n"};

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  std::string stream() {
    std::string text = pick(kGood) + pick(kGood);
    for (std::size_t n = below(5); n != 0; --n) mutate(text);
    return text;
  }

  std::size_t below(std::size_t bound) { return random_() % bound; }

 private:
  template <typename T, std::size_t N>
  const T& pick(const T (&list)[N]) {
    return list[below(N)];
  }

  void mutate(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t size = below(3) == 0 ? below(60) : below(3);
    switch (below(6)) {
      case 0:
        text.insert(at, pick(kBits));
        break;
      case 1:
        text.erase(at, size);
        break;
      case 2:
        text.insert(below(text.size() + 1), text.substr(at, size));
        break;
      case 3:
        text.replace(at, size, pick(kBits));
        break;
      case 4:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        break;
      default:
        move_line(text, at);
    }
  }

  void move_line(std::string& text, std::size_t at) {
    const std::size_t begin = text.find('\n', at);
    const std::size_t end = begin == std::string::npos ? begin : text.find('\n', begin + 1);
    if (end == std::string::npos) return;
    const std::string line = text.substr(begin + 1, end - begin);
    if (below(2) == 0) text.erase(begin + 1, end - begin);
    const std::size_t to = text.find('\n', below(text.size() + 1));
    text.insert(to == std::string::npos ? 0 : to + 1, line);
  }

  std::mt19937 random_;
};

}  // namespace kpistream::ingest
