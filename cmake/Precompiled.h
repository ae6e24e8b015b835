// What nearly every file includes, parsed once per build: nlohmann's header alone takes longer than most files.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

// nlohmann's literals are inline functions, for which g++ instantiates the whole parser in every file, called or not:
// half a second each. As templates that nobody calls they cost nothing.
#define _json(text, size) \
  _json(text, size);      \
  template <int>          \
  nlohmann::json uncalled_literal(text, size)
#define _json_pointer(text, size) \
  _json_pointer(text, size);      \
  template <int>                  \
  nlohmann::json::json_pointer uncalled_literal_pointer(text, size)
#include <nlohmann/json.hpp>
#undef _json
#undef _json_pointer

// Compiled once, in Precompiled.cpp.
extern template class nlohmann::basic_json<>;
extern template class std::vector<nlohmann::json>;
extern template class std::map<std::string, nlohmann::json>;
extern template class std::vector<std::string>;
