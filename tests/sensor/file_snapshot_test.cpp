#include "sensor/file_snapshot.h"

#include <doctest/doctest.h>

#include <limits>

using namespace qflow;

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::uint64_t kMostUnsigned = std::numeric_limits<std::uint64_t>::max();

const std::vector<std::string> kUnread = {"d", std::string("\xff\0", 2), std::string(300, 'u')};

const FileRecord kRecords[] = {
    {"a", FileVersion{1, 2, 3}},
    {"a/b", FileVersion{0, -5, 0}, PendingVersion{{kMostUnsigned, kLeast, kMostUnsigned}, Instant(Duration(kMost))}},
    {"a/bc", FileVersion{kMostUnsigned, kMost, 1}},
    {"b", std::nullopt, PendingVersion{{7, 8, 9}, Instant(Duration(-1))}},
    {"b\n\"\xff", FileVersion{128, 16384, 127}},
};

std::string snapshot_of_all() {
  SnapshotWriter writer(kUnread);
  for (const FileRecord& record : kRecords) writer.add(record);
  return writer.finish();
}

// Reads to the end; the number of records.
Result<int> read_all(const std::string& bytes) {
  QFLOW_ASSIGN(SnapshotReader reader, SnapshotReader::open(bytes));
  for (int count = 0;; ++count) {
    QFLOW_ASSIGN(const bool there, reader.next());
    if (!there) return count;
  }
}

}  // namespace

TEST_CASE("a snapshot gives back what was put in") {
  const std::string bytes = snapshot_of_all();
  auto reader = SnapshotReader::open(bytes);
  REQUIRE(reader);
  CHECK(reader->unread() == kUnread);
  for (const FileRecord& record : kRecords) {
    CAPTURE(record.path);
    REQUIRE(reader->next() == true);
    CHECK(reader->record().path == record.path);
    CHECK(reader->record().known == record.known);
    REQUIRE(reader->record().pending.has_value() == record.pending.has_value());
    if (!record.pending) continue;
    CHECK(reader->record().pending->version == record.pending->version);
    CHECK(reader->record().pending->since == record.pending->since);
  }
  CHECK(reader->next() == false);
  CHECK(read_all(SnapshotWriter({}).finish()) == 0);
}

TEST_CASE("a snapshot is compact") {
  SnapshotWriter writer({});
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const auto modified = static_cast<std::int64_t>(1'700'000'000'123'456'789 + i * 4'000'000);
    const std::string path = "2026/11/orders-" + std::to_string(10'000 + i) + ".csv";
    writer.add({path, FileVersion{i * 999, modified, 5'000'000 + i}});
  }
  CHECK(writer.finish().size() < 20'000);
}

TEST_CASE("a damaged snapshot is an error that says the way out") {
  const std::string whole = snapshot_of_all();
  const auto check = [](const std::string& bytes) {
    const auto count = read_all(bytes);
    REQUIRE(!count);
    CHECK(count.error().kind == ErrorKind::kStore);
    CHECK(count.error().advice == "qflow sensor reset FLOW/TRIGGER begins anew");
  };
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CAPTURE(i);
    check(whole.substr(0, i));
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    check(changed);
  }
  check(whole + "x");
  check("something else altogether, of another sensor");
}
