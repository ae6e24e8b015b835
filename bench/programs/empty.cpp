// The floor of `qflow version`: a dynamic C++ program that does nothing.
#include <iostream>

int main() {}
