#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string_view>

namespace qflow::fault {

// A turn in which one call that changes files is made and written down, in the file that FAULT_RECORD names; without
// that variable nothing is. All processes and threads take their turns one after the other.
//
// A record is one line of JSON and, where it says {"size": N}, N bytes. Files are named by their inode.
//   {"op": "name", "folder", "name", "inode", "type", "mode", "target"}   what the name means from now on
//   {"op": "unname", "folder", "name"}
//   {"op": "write", "inode", "offset", "size"}, {"op": "resize", "inode", "length"}, {"op": "mode", "inode", "mode"}
//   {"op": "sync", "inode", "size"}          with all that the file holds: others than this program write files too
//   {"op": "sync_folder", "inode", "names"}  with all that the folder holds, as in "name"
//   {"op": "said", "size"}                   what this process told its user
class Turn {
 public:
  Turn();
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  bool is_recorded() const { return recorded_; }
  // After the call; nothing without is_recorded().
  void named(const char* path);
  void unnamed(const char* path);
  void permitted(const char* path);
  void wrote(int descriptor, std::string_view bytes, off_t offset);
  void appended(int descriptor, std::string_view bytes);  // at the place where the descriptor stands now
  void resized(int descriptor);
  void synced(int descriptor);

 private:
  bool recorded_;
};

}  // namespace qflow::fault
