// The floor of `qflow check`: reads TOML files with the parser that qflow uses too.
//
//   parse FILE…
#include <toml++/toml.h>

#include <cstdio>

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    try {
      (void)toml::parse_file(argv[i]);
    } catch (const toml::parse_error& problem) {
      std::fprintf(stderr, "parse: %s: %s\n", argv[i], problem.what());
      return 1;
    }
  }
}
