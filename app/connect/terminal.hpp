// Questions to whoever sits at the terminal.
#pragma once

#include <string>

namespace kpistream::app {

// The value of LC_ALL, LC_MESSAGES or LANG, the first that says something.
[[nodiscard]] std::string system_locale();

// Whether there is somebody to ask.
[[nodiscard]] bool somebody_asks();
// Whether what is written is seen at once.
[[nodiscard]] bool somebody_watches();
// Shows the question and reads a line; empty at the end of the input. `hidden`: what is typed is not shown.
[[nodiscard]] std::string ask_line(const std::string& question, bool hidden = false);
// An empty answer means `otherwise`; y, yes, д and да mean yes.
[[nodiscard]] bool ask_yes(const std::string& question, bool otherwise);

}  // namespace kpistream::app
