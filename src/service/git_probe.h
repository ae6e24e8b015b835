#pragma once

#include <optional>
#include <string>

#include "qflow/os/pipe.h"
#include "qflow/service/doors.h"

namespace qflow {

// Which commit the flow's folder was at when a run started, and whether the tree differed from it.
struct GitState {
  std::string commit;
  bool dirty = false;
};

// Asks git while the run is executed, so that nobody waits for it. Outside of a repository nothing is started.
class GitProbe {
 public:
  GitProbe(const Doors& doors, const Path& folder);
  ~GitProbe();
  GitProbe(const GitProbe&) = delete;
  GitProbe& operator=(const GitProbe&) = delete;

  // What git said; waits for it a short while. Nothing outside of a repository, without git, or when git is too slow.
  std::optional<GitState> take();

 private:
  const Doors& doors_;
  ChildProcess child_;
  FileHandle output_;
};

}  // namespace qflow
