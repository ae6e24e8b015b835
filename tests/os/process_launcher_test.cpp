#include "qflow/os/process_launcher.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "support/fake_process_launcher.h"
#include "support/temporary_folder.h"

using namespace qflow;

namespace {

void wait_for_end(const ChildProcess& child) {
  pollfd wanted{child.exited.descriptor(), POLLIN, 0};
  while (poll(&wanted, 1, 60'000) < 0) {
  }
  REQUIRE((wanted.revents & POLLIN) != 0);
}

struct Ended {
  ProcessExit exit;
  std::string output;
  pid_t id = 0;
};

// Runs a shell text to its end, with its output in a file.
Ended run_shell(const std::string& text, ProcessSpec spec = {}) {
  PosixFileSystem files;
  PosixProcessLauncher launcher;
  TemporaryFolder folder;
  FileHandle output = files.open(folder / "out", OpenMode::kCreate, 0600).value();
  spec.program = "/bin/sh";
  spec.arguments = {"sh", "-c", text};
  if (spec.output < 0) spec.output = output.descriptor();
  if (spec.error_output < 0) spec.error_output = output.descriptor();
  auto child = launcher.start(spec);
  REQUIRE(child);
  wait_for_end(*child);
  Ended ended;
  ended.id = child->id;
  ended.exit = launcher.collect(*child).value();
  ended.output = read_file(files, folder / "out").value();
  return ended;
}

ProcessSpec program(const std::string& name) {
  ProcessSpec spec;
  spec.program = name;
  spec.arguments = {name};
  return spec;
}

void write_script(const Path& path, std::string_view text, std::uint32_t mode) {
  PosixFileSystem files;
  REQUIRE(replace_file(files, path, text, 0600));
  REQUIRE(files.set_permissions(path, mode));
}

}  // namespace

TEST_CASE("how a process ended") {
  struct Row {
    std::string text;
    std::optional<int> status;
    std::optional<int> signal;
  };
  const Row rows[] = {
      {"exit 0", 0, {}},
      {"exit 3", 3, {}},
      {"exit 255", 255, {}},
      {"kill -9 $$", {}, SIGKILL},
      {"kill -15 $$", {}, SIGTERM},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Ended ended = run_shell(row.text);
    CHECK(ended.exit.exit_status == row.status);
    CHECK(ended.exit.signal == row.signal);
  }
}

TEST_CASE("a child has its own group, its environment, its folder, and /dev/null as input") {
  TemporaryFolder folder;
  ProcessSpec spec;
  spec.environment = {"A=1 2", "PATH=/bin:/usr/bin"};
  spec.folder = folder.path().native();
  Ended ended =
      run_shell("cut -d' ' -f5 /proc/$$/stat; echo $$; echo \"$A\"; pwd; cat; readlink /proc/self/fd/0", spec);
  const std::string id = std::to_string(ended.id);
  CHECK(ended.output == id + "\n" + id + "\n1 2\n" + folder.path().native() + "\n/dev/null\n");
}

TEST_CASE("signals are as at the start of the world, whatever this process did to them") {
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  auto old = signal(SIGPIPE, SIG_IGN);
  Ended ended = run_shell("grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '\\t'");
  signal(SIGPIPE, old);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK(ended.output == "SigBlk:0000000000000000\nSigIgn:0000000000000000\n");
}

TEST_CASE("starting leaves this process's own mask and handlers alone") {
  auto handler = +[](int) {};
  auto old = signal(SIGUSR1, handler);
  sigset_t before, after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  run_shell("exit 0");
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (int number = 1; number < 32; ++number) CHECK(sigismember(&before, number) == sigismember(&after, number));
  const bool same_handler = signal(SIGUSR1, old) == handler;
  CHECK(same_handler);
}

TEST_CASE("a child has no descriptors but 0, 1 and 2, even when this process left some open to exec") {
  TemporaryFolder folder;
  int leaked = open("/dev/null", O_RDONLY);
  REQUIRE(leaked > 2);
  // No pipe: the shell would have its ends open for a moment.
  Ended ended = run_shell("ls /proc/$$/fd; :");
  close(leaked);
  // The shell may keep one more of its own, from 10 on.
  CHECK(ended.output.substr(0, 6) == "0\n1\n2\n");
  CHECK(ended.output.find("\n" + std::to_string(leaked) + "\n") == std::string::npos);
}

TEST_CASE("descriptors 0 to 2 may be each other's sources") {
  PosixFileSystem files;
  PosixProcessLauncher launcher;
  TemporaryFolder folder;
  REQUIRE(replace_file(files, folder / "in", "typed"));
  // In a process of its own, whose descriptors 0 to 2 can be anything: 0 is its output, 1 its input, 2 its errors.
  pid_t tester = fork();
  if (tester == 0) {
    int input = open((folder / "in").c_str(), O_RDONLY);
    int output = open((folder / "out").c_str(), O_WRONLY | O_CREAT, 0600);
    int errors = open((folder / "err").c_str(), O_WRONLY | O_CREAT, 0600);
    dup2(output, 0);
    dup2(input, 1);
    dup2(errors, 2);
    ProcessSpec spec;
    spec.program = "/bin/sh";
    spec.arguments = {"sh", "-c", "cat; echo oops >&2"};
    spec.environment = {"PATH=/bin:/usr/bin"};
    spec.input = 1;
    spec.output = 0;
    spec.error_output = 2;
    auto child = launcher.start(spec);
    if (!child) _exit(1);
    _exit(launcher.collect(*child)->exit_status.value_or(2));
  }
  int status = 0;
  REQUIRE(waitpid(tester, &status, 0) == tester);
  CHECK(status == 0);
  CHECK(read_file(files, folder / "out") == "typed");
  CHECK(read_file(files, folder / "err") == "oops\n");
}

TEST_CASE("programs are found as execvp finds them") {
  TemporaryFolder folder;
  PosixFileSystem files;
  REQUIRE(make_folders(files, folder / "first" / "tool"));
  REQUIRE(make_folders(files, folder / "second"));
  REQUIRE(make_folders(files, folder / "third"));
  write_script(folder / "second" / "tool", "#!/bin/sh\nexit 2\n", 0644);
  write_script(folder / "third" / "tool", "#!/bin/sh\nexit 3\n", 0755);
  write_script(folder / "tool", "#!/bin/sh\nexit 4\n", 0755);
  const std::string root = folder.path().native();
  struct Row {
    std::string program;
    std::string path;
    std::string folder;
    int status;
  };
  const Row rows[] = {
      {"tool", root + "/absent:" + root + "/first:" + root + "/second:" + root + "/third", "", 3},
      {"tool", root + "/first::" + root + "/third", root, 4},
      {"tool", "third", root, 3},
      {"./tool", "", root, 4},
      {"third/tool", "", root, 3},
      {root + "/third/tool", "", "/", 3},
  };
  PosixProcessLauncher launcher;
  for (const Row& row : rows) {
    CAPTURE(row.program);
    CAPTURE(row.path);
    ProcessSpec spec = program(row.program);
    spec.environment = {"PATH=" + row.path};
    spec.folder = row.folder;
    auto child = launcher.start(spec);
    REQUIRE(child);
    wait_for_end(*child);
    CHECK(launcher.collect(*child)->exit_status == row.status);
  }
}

TEST_CASE("without PATH the system's folders are searched") {
  PosixProcessLauncher launcher;
  auto child = launcher.start(program("true"));
  REQUIRE(child);
  wait_for_end(*child);
  CHECK(launcher.collect(*child)->exit_status == 0);
}

TEST_CASE("what can't be started says why") {
  TemporaryFolder folder;
  PosixFileSystem files;
  const std::string root = folder.path().native();
  write_script(folder / "plain", "#!/bin/sh\n", 0644);
  write_script(folder / "strange", "no script\n", 0755);
  write_script(folder / "orphan", "#!/absent/interpreter\n", 0755);
  struct Row {
    std::string program;
    std::string folder;
    ErrorKind kind;
    std::string message;
    std::string advice;
  };
  const Row rows[] = {
      {"no-such-tool", "", ErrorKind::kNotFound, "can't find the program 'no-such-tool' in PATH (" + root + ")",
       "install it, or give its whole path"},
      {"plain", "", ErrorKind::kFailed, "can't run " + root + "/plain: Permission denied",
       "make it executable with chmod +x"},
      {root + "/plain", "", ErrorKind::kFailed, "can't run " + root + "/plain: Permission denied",
       "make it executable with chmod +x"},
      {root + "/absent", "", ErrorKind::kNotFound, "can't run " + root + "/absent: No such file or directory", ""},
      {"./absent", root, ErrorKind::kNotFound, "can't run " + root + "/./absent: No such file or directory", ""},
      {root + "/strange", "", ErrorKind::kFailed,
       "can't run " + root + "/strange: it is neither a program nor a script",
       "begin a script with a line such as #!/bin/sh"},
      {root + "/orphan", "", ErrorKind::kNotFound,
       "can't run " + root + "/orphan: the interpreter of its first line is missing", ""},
      {"/bin/true", root + "/nowhere", ErrorKind::kNotFound,
       "can't run /bin/true in the folder " + root + "/nowhere: No such file or directory", ""},
      {"/bin/true", root + "/plain", ErrorKind::kNotFound,
       "can't run /bin/true in the folder " + root + "/plain: Not a directory", ""},
      {"", "", ErrorKind::kInvalid, "can't run a program without a name", ""},
  };
  PosixProcessLauncher launcher;
  for (const Row& row : rows) {
    ProcessSpec spec = program(row.program);
    spec.environment = {"PATH=" + root};
    spec.folder = row.folder;
    auto child = launcher.start(spec);
    REQUIRE(!child);
    CHECK(child.error().message == row.message);
    CHECK(child.error().advice == row.advice);
    CHECK(child.error().kind == row.kind);
  }
  // No failed child is left to be waited for.
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("an environment that is too long names its largest variable") {
  PosixProcessLauncher launcher;
  ProcessSpec spec = program("/bin/true");
  spec.environment = {"SMALL=1", "QFLOW_PARAM_big=" + std::string(200'000, 'x'), "PATH=/bin"};
  auto child = launcher.start(spec);
  REQUIRE(!child);
  CHECK(child.error().kind == ErrorKind::kInvalid);
  CHECK(child.error().message.find("the largest variable is QFLOW_PARAM_big (200016 bytes)") != std::string::npos);
  CHECK(child.error().message.find("200045 bytes in all") != std::string::npos);
  CHECK(child.error().advice.find("in all a quarter of the stack's limit") != std::string::npos);
  spec.environment = {std::string("A=b\0c", 5)};
  child = launcher.start(spec);
  REQUIRE(!child);
  CHECK(child.error().message == "can't run /bin/true: a NUL byte in its arguments or environment");
}

TEST_CASE("a signal reaches the whole group, and the group is alive until its last member is gone") {
  PosixProcessLauncher launcher;
  ProcessSpec spec = program("sh");
  spec.arguments = {"sh", "-c", "sleep 60 & exit 0"};
  spec.environment = {"PATH=/bin:/usr/bin"};
  auto child = launcher.start(spec);
  REQUIRE(child);
  wait_for_end(*child);
  REQUIRE(launcher.collect(*child));
  CHECK(launcher.group_alive(child->id));
  launcher.signal_group(child->id, SIGKILL);
  for (int tries = 0; tries < 10'000 && launcher.group_alive(child->id); ++tries) usleep(1'000);
  CHECK(!launcher.group_alive(child->id));
  launcher.signal_group(child->id, SIGKILL);
}

TEST_CASE("groups 0 and 1, which mean other things to the system, are never signalled") {
  PosixProcessLauncher launcher;
  for (pid_t group : {0, 1, -1}) {
    launcher.signal_group(group, SIGKILL);
    CHECK(!launcher.group_alive(group));
  }
}

TEST_CASE("several threads start processes at once") {
  std::atomic<int> good{0};
  auto start_many = [&good] {
    PosixProcessLauncher launcher;
    ProcessSpec spec = program("/bin/true");
    for (int count = 0; count < 20; ++count) {
      auto child = launcher.start(spec);
      if (!child) continue;
      auto exit = launcher.collect(*child);
      if (exit && exit->exit_status == 0) ++good;
    }
  };
  std::thread first(start_many), second(start_many);
  first.join();
  second.join();
  CHECK(good == 40);
}

TEST_CASE("a fake launcher records what was started and ends as it is told") {
  FakeProcessLauncher launcher;
  auto child = launcher.start(program("train"));
  REQUIRE(child);
  CHECK(launcher.started.front().spec.program == "train");
  CHECK(!launcher.collect(*child));
  CHECK(launcher.group_alive(child->id));
  launcher.end_with_signal(child->id, SIGTERM);
  wait_for_end(*child);
  CHECK(launcher.collect(*child)->signal == SIGTERM);
  CHECK(!launcher.group_alive(child->id));
  launcher.signal_group(child->id, SIGKILL);
  CHECK(launcher.signals == std::vector<FakeProcessLauncher::Signal>{{child->id, SIGKILL}});
  launcher.fail_next(Error{ErrorKind::kNotFound, "no such program", ""});
  CHECK(!launcher.start(program("train")));
  CHECK(launcher.start(program("train")));
}
