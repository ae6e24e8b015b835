// Feeds every file of a folder to the target, each once: the fuzz targets as plain tests, for compilers without
// libFuzzer. The name of each file is printed first, so that the last one is at fault when the program dies.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "fuzz/target.h"

namespace {

std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

void feed_file(const std::filesystem::path& file) {
  std::cout << file.filename().string() << std::endl;
  std::ifstream in(file, std::ios::binary);
  const std::string content(std::istreambuf_iterator<char>(in), {});
  qflow::fuzz::run(content);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: " << arguments[0] << " FOLDER\n";
    return 2;
  }
  const auto files = files_of(arguments[1]);
  for (const auto& file : files) feed_file(file);
  std::cout << files.size() << " files\n";
  return files.empty() ? 1 : 0;
}
