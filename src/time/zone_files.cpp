#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <utility>

#include "qflow/error/characters.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/time/time_zone.h"

namespace qflow {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;  // the longest of 2026 has 4 kB
constexpr std::string_view kZoneAdvice = "write an IANA name such as 'Europe/Berlin' or 'UTC'";

std::string database_folder() {
  const char* folder = std::getenv("TZDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/usr/share/zoneinfo";
}

bool is_zone_character(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '+';
}

// Parts of characters that zones are named with, between single slashes: nothing that could lead elsewhere.
bool can_be_zone(std::string_view name) {
  bool in_part = false;
  for (const char c : name) {
    if (c == '/' ? !in_part : !is_zone_character(c)) return false;
    in_part = c != '/';
  }
  return in_part;
}

// Every zone of the database, without its two copies that count differently.
std::vector<std::string> all_zones(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().string().substr(folder.size() + 1);
    if (name == "posix" || name == "right") entry.disable_recursion_pending();
    std::error_code ignored;
    if (can_be_zone(name) && entry->is_regular_file(ignored)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The zone that `name` is the city of, else the nearest one. Names as short as abbreviations are all near each other.
std::string suggest_zone(std::string_view name, const std::vector<std::string>& zones) {
  for (const std::string& zone : zones) {
    if (equal_ignoring_case(name, std::string_view(zone).substr(zone.rfind('/') + 1))) {
      return "did you mean " + quoted(zone) + "?";
    }
  }
  const std::string suggestion = name.size() > 4 ? did_you_mean(name, zones) : std::string();
  return suggestion.empty() ? std::string(kZoneAdvice) : suggestion;
}

tl::unexpected<Error> unknown_zone(std::string_view name, const std::string& folder) {
  const std::vector<std::string> zones = all_zones(folder);
  if (zones.empty()) {
    return fail(ErrorKind::kNotFound,
                "unknown time zone " + quoted(name) + ": there is no database of zones in " + quoted(folder),
                "install the package tzdata, or set TZDIR");
  }
  return fail(ErrorKind::kNotFound, "unknown time zone " + quoted(name), suggest_zone(name, zones));
}

// False when there is no such file.
bool read_file(const std::string& path, std::string& content) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return false;
  struct stat status {};
  const bool is_file = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  content.resize(is_file ? std::min(static_cast<std::size_t>(status.st_size), kMostBytes) : 0);
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t count = ::read(file, content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    size += static_cast<std::size_t>(count);
  }
  content.resize(size);
  ::close(file);
  return is_file;
}

Result<std::shared_ptr<const TimeZone>> read_zone(std::string_view name, const std::string& folder) {
  std::string content;
  if (!read_file(folder + "/" + std::string(name), content)) return unknown_zone(name, folder);
  Result<TimeZone> zone = TimeZone::parse(std::string(name), content);
  if (!zone) return tl::make_unexpected(std::move(zone).error());
  return std::make_shared<const TimeZone>(std::move(*zone));
}

// What has been read, by path. Zones are few, and live as long as the process.
struct Cache {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<const TimeZone>> zones;
};

Cache& cache() {
  static Cache the_cache;
  return the_cache;
}

}  // namespace

Result<std::shared_ptr<const TimeZone>> find_time_zone(std::string_view name) {
  static const auto utc = std::make_shared<const TimeZone>(TimeZone::utc());
  if (name == "UTC") return utc;
  if (name.empty()) return fail(ErrorKind::kInvalid, "the name of the time zone is empty", std::string(kZoneAdvice));
  if (name == "localtime" || name == "posixrules") {
    return fail(ErrorKind::kInvalid, quoted(name) + " is another zone on each machine", std::string(kZoneAdvice));
  }
  if (!can_be_zone(name)) {
    return fail(ErrorKind::kInvalid, "no time zone can be called " + quoted(name), std::string(kZoneAdvice));
  }
  const std::string folder = database_folder();
  const std::string path = folder + "/" + std::string(name);
  const std::lock_guard lock(cache().mutex);
  std::shared_ptr<const TimeZone>& zone = cache().zones[path];
  if (zone) return zone;
  Result<std::shared_ptr<const TimeZone>> read = read_zone(name, folder);
  if (!read) {
    cache().zones.erase(path);
    return read;
  }
  zone = *read;
  return read;
}

}  // namespace qflow
