#pragma once

#include <string>
#include <string_view>

#include "qflow/error/error.h"
#include "sensor/glob.h"

namespace qflow {

// The file that says of another one that it is complete: "{name}.ok", relative to that file's folder. {name} is the
// file's name, {stem} the same without its last extension.
class DoneMarker {
 public:
  // kInvalid for a text that is empty or absolute, or names every file a marker ("{name}").
  static Result<DoneMarker> parse(std::string text);

  // The marker of the file, relative to what the file's path is relative to; may have "..".
  std::string path_for(std::string_view file) const;
  // Whether a path has the form of a marker. One with the form of a marker is never a file that counts.
  bool is_marker(std::string_view path) const;

 private:
  DoneMarker(std::string text, std::string_view form);

  std::string text_;
  Glob form_;
};

}  // namespace qflow
