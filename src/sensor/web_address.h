#pragma once

#include <string>
#include <string_view>

#include "qflow/error/error.h"

namespace qflow {

// An address of the web in its parts; each stands as it was written. "https://me:pass@host:8443/a/b?x=1#top"
struct WebAddress {
  std::string scheme;       // "https", in lower case
  std::string credentials;  // "me:pass"
  std::string host;         // "host:8443"
  std::string path;         // "/a/b"; "" where there is none
  std::string query;        // "?x=1#top"; "" where there is none

  // Without credentials; this is what payloads show.
  std::string without_credentials() const;
  // Without the query too, where secrets may stand as well: for messages.
  std::string place() const;
};

// kInvalid for what begins with neither http:// nor https://, or has no host; the message shows nothing of it.
Result<WebAddress> parse_web_address(std::string_view text);

}  // namespace qflow
