# Every library comes from Debian's packages; scripts/bootstrap installs them.
find_path(QFLOW_TOML_INCLUDE toml++/toml.h REQUIRED)
find_path(QFLOW_CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
find_path(QFLOW_JSON_INCLUDE nlohmann/json.hpp REQUIRED)
find_path(QFLOW_FMT_INCLUDE fmt/format.h REQUIRED)
find_path(QFLOW_EXPECTED_INCLUDE tl/expected.hpp REQUIRED)
find_path(QFLOW_LIBPQ_INCLUDE libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)

# Static where Debian has an archive: start-up is paid by every command, and each shared library costs 0.1 ms and more.
function(qflow_static_library target archive)
  find_library(QFLOW_${target}_ARCHIVE ${archive} REQUIRED)
  add_library(qflow::${target} STATIC IMPORTED)
  set_target_properties(qflow::${target} PROPERTIES IMPORTED_LOCATION ${QFLOW_${target}_ARCHIVE})
endfunction()

qflow_static_library(sqlite libsqlite3.a)
qflow_static_library(re2 libre2.a)
# Only SHA-256's own functions are linked, without the provider machinery that costs a millisecond at the first use.
qflow_static_library(sha256 libcrypto.a)

add_library(qflow_fmt STATIC ${CMAKE_CURRENT_LIST_DIR}/Fmt.cpp)
target_include_directories(qflow_fmt SYSTEM PUBLIC ${QFLOW_FMT_INCLUDE})
set_property(GLOBAL APPEND PROPERTY QFLOW_OBJECTS $<TARGET_OBJECTS:qflow_fmt>)

add_library(qflow_common INTERFACE)
target_link_libraries(qflow_common INTERFACE qflow_fmt)
target_include_directories(qflow_common INTERFACE ${PROJECT_SOURCE_DIR}/include)
target_include_directories(qflow_common SYSTEM INTERFACE ${QFLOW_JSON_INCLUDE} ${QFLOW_EXPECTED_INCLUDE})
target_compile_definitions(qflow_common INTERFACE QFLOW_VERSION="${PROJECT_VERSION}")
target_compile_options(qflow_common INTERFACE -Wall -Wextra -Wpedantic -Werror)
# g++ 12 sees an overlap in std::string that can't be (gcc.gnu.org, bug 105651).
target_compile_options(qflow_common INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
# A file that is compiled together with others is no header, though g++ takes it for one; and the more g++ 12 inlines, the
# more often it believes that the other member of a variant is read (gcc.gnu.org, bug 105562).
if(QFLOW_UNITY)
  target_compile_options(qflow_common INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage> $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
if(QFLOW_SANITIZE)
  target_compile_options(qflow_common INTERFACE -fsanitize=${QFLOW_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(qflow_common INTERFACE -fsanitize=${QFLOW_SANITIZE})
endif()
if(QFLOW_COVERAGE)
  target_compile_options(qflow_common INTERFACE --coverage)
  target_link_options(qflow_common INTERFACE --coverage)
endif()
