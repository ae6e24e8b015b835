#include "qflow/cli/program.h"

int main(int argc, char** argv) {
  return qflow::run_program(argc, argv);
}
