#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

namespace qflow {

// Whether a reader decides how fast the descriptor takes text: a pipe, a terminal, a socket.
bool has_reader(int descriptor);

// The way of text to a descriptor that has a reader, who may stall: nobody who puts text here waits for him. What he
// does not take at once is kept, in its order, and written by a thread of its own. The descriptor stays as it is: other
// processes share it. Thread-safe.
class OutputQueue {
 public:
  explicit OutputQueue(int descriptor);
  ~OutputQueue();  // what is kept is lost
  OutputQueue(const OutputQueue&) = delete;
  OutputQueue& operator=(const OutputQueue&) = delete;

  void put(std::string_view text);
  std::size_t unread() const;  // bytes that are kept
  int error() const;           // errno of the first write that failed, or 0; nothing is written after it
  // Waits until nothing is kept. Once the reader has taken nothing for the time of `patience`, if there is one, what is
  // kept and what comes later is dropped.
  void settle(std::optional<std::chrono::milliseconds> patience);

 private:
  struct State;
  static void write_kept(State& state);
  void start_thread();

  std::shared_ptr<State> state_;  // with the thread, which a reader may hold for ever
};

}  // namespace qflow
