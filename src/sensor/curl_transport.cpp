#include "sensor/curl_transport.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <climits>
#include <csignal>
#include <ctime>
#include <mutex>
#include <optional>
#include <system_error>

#include "qflow/os/shared_library.h"
#include "sensor/lower_case.h"
#include "sensor/web_address.h"

namespace qflow {
namespace {

constexpr std::size_t kMostHeaderBytes = 256 * 1024;

struct CurlLibrary {
  decltype(::curl_global_init)* global_init;
  decltype(::curl_easy_init)* easy_init;
  decltype(::curl_easy_cleanup)* easy_cleanup;
  decltype(::curl_easy_reset)* easy_reset;
  decltype(::curl_easy_setopt)* set;
  decltype(::curl_easy_perform)* perform;
  decltype(::curl_easy_getinfo)* info;
  decltype(::curl_slist_append)* list_append;
  decltype(::curl_slist_free_all)* list_free;
};

Result<CurlLibrary> open_library() {
  QFLOW_ASSIGN(const SharedLibrary library, SharedLibrary::open("libcurl.so.4", "libcurl4"));
  CurlLibrary curl{};
  QFLOW_TRY(library.find("curl_global_init", curl.global_init));
  QFLOW_TRY(library.find("curl_easy_init", curl.easy_init));
  QFLOW_TRY(library.find("curl_easy_cleanup", curl.easy_cleanup));
  QFLOW_TRY(library.find("curl_easy_reset", curl.easy_reset));
  QFLOW_TRY(library.find("curl_easy_setopt", curl.set));
  QFLOW_TRY(library.find("curl_easy_perform", curl.perform));
  QFLOW_TRY(library.find("curl_easy_getinfo", curl.info));
  QFLOW_TRY(library.find("curl_slist_append", curl.list_append));
  QFLOW_TRY(library.find("curl_slist_free_all", curl.list_free));
  if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return fail(ErrorKind::kFailed, "libcurl can't start");
  return curl;
}

// Opened once; a failure is tried again, since somebody may install the library while this process runs.
Result<const CurlLibrary*> curl_library() {
  static std::mutex mutex;
  static std::optional<CurlLibrary> opened;
  const std::lock_guard lock(mutex);
  if (!opened) {
    QFLOW_ASSIGN(opened, open_library());
  }
  return &*opened;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t start = text.find_first_not_of(kSpace);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kSpace) - start + 1);
}

enum class BrokenOff { kNo, kLongHeaders, kLongBody };

// What libcurl's callbacks fill.
struct Arrival {
  const HttpRequest& request;
  HttpAnswer answer;
  std::uint64_t body_bytes = 0;
  std::size_t header_bytes = 0;
  BrokenOff broken_off = BrokenOff::kNo;
};

std::size_t take_header(char* start, std::size_t, std::size_t size, void* arrival_pointer) {
  Arrival& arrival = *static_cast<Arrival*>(arrival_pointer);
  const std::string_view line(start, size);
  arrival.header_bytes += size;
  if (arrival.header_bytes > kMostHeaderBytes) {
    arrival.broken_off = BrokenOff::kLongHeaders;
    return 0;
  }
  // Each answer begins with a status line: those before the last one were redirects, or "100 Continue".
  if (line.starts_with("HTTP/")) arrival.answer.headers.clear();
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    arrival.answer.headers[lower_case(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
  }
  return size;
}

std::size_t take_body(char* start, std::size_t, std::size_t size, void* arrival_pointer) {
  Arrival& arrival = *static_cast<Arrival*>(arrival_pointer);
  arrival.body_bytes += size;
  const std::uint64_t most = arrival.request.most_bytes;
  if (arrival.body_bytes > most || announced_size(arrival.answer) > most) {
    arrival.broken_off = BrokenOff::kLongBody;
    return 0;
  }
  if (arrival.request.take) arrival.request.take({start, size});
  return size;
}

long milliseconds(Duration limit) {
  const auto count = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  return static_cast<long>(std::clamp<std::int64_t>(count, 1, INT_MAX));  // libcurl takes no more
}

// The system's words, as they stand within a sentence: "connection refused".
std::string system_reason(long number) {
  std::string reason = std::generic_category().message(static_cast<int>(number));
  if (!reason.empty()) reason[0] = lower_case(reason.substr(0, 1))[0];
  return reason;
}

// Keeps this thread from ending the process when the other side of a TLS connection is gone: with CURLOPT_NOSIGNAL,
// which threads need, libcurl leaves SIGPIPE to its caller.
class SilentPipes {
 public:
  SilentPipes() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t waiting;
    sigpending(&waiting);
    waited_before_ = sigismember(&waiting, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~SilentPipes() {
    const timespec no_time{0, 0};
    if (!waited_before_) sigtimedwait(&pipe_, nullptr, &no_time);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SilentPipes(const SilentPipes&) = delete;
  SilentPipes& operator=(const SilentPipes&) = delete;

 private:
  sigset_t pipe_;
  sigset_t before_;
  bool waited_before_;
};

}  // namespace

// One easy handle.
struct CurlTransport::Session {
  explicit Session(const CurlLibrary& library) : curl(library), handle(library.easy_init()) {}
  ~Session() {
    if (handle != nullptr) curl.easy_cleanup(handle);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  long number(CURLINFO which) const {
    long value = 0;
    curl.info(handle, which, &value);
    return value;
  }
  bool was_connected() const {
    curl_off_t microseconds = 0;
    curl.info(handle, CURLINFO_PRETRANSFER_TIME_T, &microseconds);
    return microseconds > 0;
  }
  CURLcode prepare(Arrival& arrival, const curl_slist* headers);
  Error failure(CURLcode code, const Arrival& arrival, const std::string& place) const;
  std::string reason(CURLcode code) const;

  const CurlLibrary& curl;
  CURL* handle;
  std::array<char, CURL_ERROR_SIZE> detail{};
};

CURLcode CurlTransport::Session::prepare(Arrival& arrival, const curl_slist* headers) {
  const HttpRequest& request = arrival.request;
  CURLcode first = CURLE_OK;
  const auto set = [&](CURLoption option, auto value) {
    const CURLcode code = curl.set(handle, option, value);
    if (first == CURLE_OK) first = code;
  };
  detail.fill('\0');
  curl.easy_reset(handle);
  set(CURLOPT_ERRORBUFFER, detail.data());
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, request.most_redirects > 0 ? 1L : 0L);
  set(CURLOPT_MAXREDIRS, static_cast<long>(request.most_redirects));
  set(CURLOPT_HTTPHEADER, headers);
  set(CURLOPT_USERAGENT, "qflow/" QFLOW_VERSION);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // past the limit, don't wait for a look-up of a name that hangs
  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(request.limit));
  set(CURLOPT_TIMEOUT_MS, milliseconds(request.limit));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_HEADERFUNCTION, &take_header);
  set(CURLOPT_HEADERDATA, &arrival);
  set(CURLOPT_WRITEFUNCTION, &take_body);
  set(CURLOPT_WRITEDATA, &arrival);
  return first;
}

std::string CurlTransport::Session::reason(CURLcode code) const {
  const std::string more = detail[0] == '\0' ? "" : " (" + std::string(detail.data()) + ")";
  const long system_error = number(CURLINFO_OS_ERRNO);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "the host has no address";
    case CURLE_COULDNT_RESOLVE_PROXY:
      return "the host of the proxy has no address";
    case CURLE_COULDNT_CONNECT:
      return system_error != 0 ? system_reason(system_error) : "no connection";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "its certificate can't be trusted" + more;
    case CURLE_SSL_CONNECT_ERROR:
      return "TLS fails" + more;
    case CURLE_GOT_NOTHING:
      return "it closed the connection without an answer";
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
      return "the connection broke off";
    default:
      return detail[0] == '\0' ? "libcurl error " + std::to_string(code) : std::string(detail.data());
  }
}

Error CurlTransport::Session::failure(CURLcode code, const Arrival& arrival, const std::string& place) const {
  const std::string limit = format_duration(arrival.request.limit);
  if (arrival.broken_off == BrokenOff::kLongHeaders) {
    return {ErrorKind::kFailed, place + " answered with headers of more than 256 KiB", ""};
  }
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      if (!was_connected())
        return {ErrorKind::kTimedOut, "can't reach " + place + ": no connection within " + limit, ""};
      return {ErrorKind::kTimedOut, place + " took longer than " + limit, ""};
    case CURLE_TOO_MANY_REDIRECTS:
      return {ErrorKind::kFailed,
              place + " redirects more than " + std::to_string(arrival.request.most_redirects) + " times", ""};
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {ErrorKind::kFailed, place + " redirects to an address that is neither http nor https", ""};
    case CURLE_URL_MALFORMAT:
      if (number(CURLINFO_REDIRECT_COUNT) > 0) {
        return {ErrorKind::kFailed, place + " redirects to a malformed address", ""};
      }
      // libcurl may take parts of it for other things than we do, so nothing of it is shown.
      return {ErrorKind::kInvalid, "the address is malformed",
              "in names and passwords, write %40 for @, %3A for : and %2F for /"};
    case CURLE_OUT_OF_MEMORY:
      return {ErrorKind::kFailed, "not enough memory for a request", ""};
    default:
      return {ErrorKind::kFailed, "can't reach " + place + ": " + reason(code), ""};
  }
}

CurlTransport::CurlTransport() = default;
CurlTransport::~CurlTransport() = default;

Result<HttpAnswer> CurlTransport::get(const HttpRequest& request) {
  QFLOW_ASSIGN(const WebAddress address, parse_web_address(request.url));
  QFLOW_ASSIGN(const CurlLibrary* const curl, curl_library());
  if (!session_) session_ = std::make_unique<Session>(*curl);
  if (session_->handle == nullptr) return fail(ErrorKind::kFailed, "not enough memory for a request");
  std::unique_ptr<curl_slist, decltype(curl->list_free)> headers(nullptr, curl->list_free);
  for (const auto& [name, value] : request.headers) {
    curl_slist* const longer = curl->list_append(headers.get(), (name + ": " + value).c_str());
    if (longer == nullptr) return fail(ErrorKind::kFailed, "not enough memory for a request");
    (void)headers.release();
    headers.reset(longer);
  }
  Arrival arrival{request, {}};
  CURLcode code = session_->prepare(arrival, headers.get());
  const SilentPipes silent;
  if (code == CURLE_OK) code = curl->perform(session_->handle);
  arrival.answer.status = static_cast<int>(session_->number(CURLINFO_RESPONSE_CODE));
  arrival.answer.whole = arrival.broken_off != BrokenOff::kLongBody;
  if (code != CURLE_OK && arrival.answer.whole) {
    return tl::make_unexpected(session_->failure(code, arrival, address.place()));
  }
  return std::move(arrival.answer);
}

}  // namespace qflow
