#include "qflow/cli/posix_streams.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <string>

#include "support/temporary_folder.h"

namespace qflow {
namespace {

struct TestPipe {
  TestPipe() { REQUIRE(pipe2(ends, O_CLOEXEC) == 0); }
  ~TestPipe() {
    close(ends[0]);
    close(ends[1]);
  }
  std::string content() {
    char buffer[1024];
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    const ssize_t size = read(ends[0], buffer, sizeof buffer);
    return size > 0 ? std::string(buffer, static_cast<std::size_t>(size)) : std::string();
  }
  int ends[2];
};

TEST_CASE("text is held back until it is flushed, and keeps its order with the other stream") {
  TestPipe pipe;
  PosixOutput out(pipe.ends[1], PosixOutput::Buffering::kLarge);
  PosixOutput err(pipe.ends[1], PosixOutput::Buffering::kNone, &out);
  out.write("one\n");
  CHECK(pipe.content().empty());
  err.write("two\n");
  CHECK(pipe.content() == "one\ntwo\n");
  out.write("three");
  out.flush();
  CHECK(pipe.content() == "three");
  CHECK_FALSE(out.is_terminal());
  CHECK(out.width() == 80);
  CHECK(finish_process(ExitStatus::kNotFound, out, err) == 3);
}

// What a reader that takes a little at a time finds.
std::string read_slowly(int descriptor, std::size_t size) {
  std::string text;
  char buffer[1000];
  fcntl(descriptor, F_SETFL, 0);
  while (text.size() < size) {
    const ssize_t count = read(descriptor, buffer, sizeof buffer);
    REQUIRE(count > 0);
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

TEST_CASE("nobody waits for a reader that stalls, and it finds everything in its order") {
  TestPipe pipe;
  PosixOutput out(pipe.ends[1], PosixOutput::Buffering::kLarge);
  PosixOutput err(pipe.ends[1], PosixOutput::Buffering::kNone, &out);
  out.keep_unread();
  err.keep_unread();
  out.write("at once\n");
  out.flush();
  CHECK(pipe.content() == "at once\n");
  CHECK(out.unread() == 0);
  std::string all;
  for (int i = 0; i < 20'000; ++i) {
    PosixOutput& stream = i % 3 == 0 ? err : out;
    all += "line " + std::to_string(i) + "\n";
    stream.write("line " + std::to_string(i) + "\n");
    if (i % 7 == 0) stream.flush();
  }
  out.flush();
  CHECK(out.unread() > all.size() / 2);
  CHECK((fcntl(pipe.ends[1], F_GETFL) & O_NONBLOCK) == 0);
  CHECK(read_slowly(pipe.ends[0], all.size()) == all);
  out.settle(std::nullopt);
  CHECK(out.unread() == 0);
  out.write("at once again\n");
  CHECK(finish_process(ExitStatus::kOk, out, err) == 0);
  CHECK(pipe.content() == "at once again\n");
}

TEST_CASE("what goes to the master of a pseudo-terminal arrives at its other side") {
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(master >= 0);
  REQUIRE(grantpt(master) == 0);
  REQUIRE(unlockpt(master) == 0);
  const int slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(slave >= 0);
  {
    PosixOutput out(master, PosixOutput::Buffering::kLarge);
    PosixOutput err(master, PosixOutput::Buffering::kNone, &out);
    out.keep_unread();
    out.write("typed\n");
    CHECK(finish_process(ExitStatus::kOk, out, err) == 0);
  }
  CHECK(read_slowly(slave, 6) == "typed\n");
  close(slave);
  close(master);
}

TEST_CASE("who waits only so long gives up what a reader that stalls has not taken") {
  TestPipe pipe;
  PosixOutput out(pipe.ends[1], PosixOutput::Buffering::kLarge);
  PosixOutput err(pipe.ends[1], PosixOutput::Buffering::kNone, &out);
  out.keep_unread();
  out.write(std::string(1 << 20, 'x'));
  CHECK(out.unread() > 0);
  out.settle(std::chrono::milliseconds(20));
  CHECK(out.unread() == 0);
  out.write("more");
  CHECK(finish_process(ExitStatus::kOk, out, err) == 0);
}

TEST_CASE("a reader that goes away while text is kept for it is an error of the write") {
  ignore_broken_pipes();
  TestPipe pipe;
  PosixOutput out(pipe.ends[1], PosixOutput::Buffering::kLarge);
  out.keep_unread();
  out.write(std::string(1 << 20, 'x'));
  CHECK_FALSE(out.failed());
  close(pipe.ends[0]);
  out.settle(std::nullopt);
  CHECK(out.error() == EPIPE);
}

TEST_CASE("a reader that went away is remembered, and nothing is written any more") {
  ignore_broken_pipes();
  TestPipe pipe;
  close(pipe.ends[0]);
  PosixOutput out(pipe.ends[1], PosixOutput::Buffering::kNone);
  out.write("x");
  CHECK(out.failed());
  CHECK(out.error() == EPIPE);
  TestPipe other;
  PosixOutput err(other.ends[1], PosixOutput::Buffering::kNone);
  CHECK(finish_process(ExitStatus::kBusy, out, err) == 5);
  CHECK(other.content().empty());
}

TEST_CASE("a full disk is reported, and success becomes a failure") {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) return;
  TestPipe pipe;
  PosixOutput out(full, PosixOutput::Buffering::kLarge);
  PosixOutput err(pipe.ends[1], PosixOutput::Buffering::kNone, &out);
  out.write("x");
  CHECK(finish_process(ExitStatus::kOk, out, err) == 1);
  CHECK(pipe.content() == "qflow: error: can't write to standard output: No space left on device\n");
  close(full);
}

TEST_CASE("input is read to its end") {
  TestPipe pipe;
  REQUIRE(write(pipe.ends[1], "a\0b\n", 4) == 4);
  close(pipe.ends[1]);
  CHECK(PosixInput(pipe.ends[0]).read_all() == std::string("a\0b\n", 4));
}

TEST_CASE("input that can't be read is no input that ends") {
  CHECK(PosixInput(-1).read_all().error().message == "can't read standard input: Bad file descriptor");
  const int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  REQUIRE(folder >= 0);
  CHECK(PosixInput(folder).read_all().error().kind == ErrorKind::kInvalid);
  close(folder);
}

TEST_CASE("the process knows where it is") {
  CHECK(working_folder() == std::filesystem::current_path());
  CHECK(own_program().is_absolute());
}

}  // namespace
}  // namespace qflow
