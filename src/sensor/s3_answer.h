#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/error/error.h"

namespace qflow {

// An object as a listing shows it.
struct S3Object {
  std::string key;
  std::string etag;           // without quotes
  std::string last_modified;  // RFC 3339, UTC
  std::uint64_t size = 0;     // bytes
};

// One page of the answer to ListObjectsV2.
struct S3Page {
  std::vector<S3Object> objects = {};
  std::optional<std::string> next = {};  // the token that asks for the page after this one
};

// How S3 says that it can't, or does not want to.
struct S3Problem {
  std::string code;
  std::string message;
};

// kInvalid for what is not an answer to ListObjectsV2 (Amazon S3 API Reference); keys are decoded where it says so.
Result<S3Page> parse_s3_page(std::string_view document);

// Nothing for what is no error answer of S3.
std::optional<S3Problem> parse_s3_problem(std::string_view document);

}  // namespace qflow
