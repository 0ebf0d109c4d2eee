// A report as a mail, for sendmail -t.
#pragma once

#include <string>
#include <string_view>

namespace kpistream::app {

// What may stand in a header as it is: printable ASCII with an @ in it, "Name <a@b.example>" too, and no line ends.
[[nodiscard]] bool is_mail_address(std::string_view text);

struct Mail {
  std::string from;  // both as is_mail_address() wants them
  std::string to;
  std::string subject;  // UTF-8
  std::string text;
  std::string html;
};

// RFC 5322 with both forms of the body in Base64; the subject by RFC 2047.
[[nodiscard]] std::string mail_text(const Mail& mail);

}  // namespace kpistream::app
