#include "cli/run.hpp"

int main(int argc, char** argv) {
    return jmrp::cli::run(argc, argv);
}
