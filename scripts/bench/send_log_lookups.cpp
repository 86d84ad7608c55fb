// Looks Message-IDs up in a send log that scripts/bench/postfix_log.py gave, and prints the median and the 99th of a hundred, in
// microseconds, of those that are there and of those that are not:
//     send_log_lookups DATABASE COUNT
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "store/send_log.hpp"

namespace {

double microseconds(const jmrp::domain::SendLog& log, const std::string& id, bool there) {
    const auto begun = std::chrono::steady_clock::now();
    const auto found = log.by_message_id(id, std::nullopt, 10);
    const auto ended = std::chrono::steady_clock::now();
    if (found.empty() == there) {
        std::fprintf(stderr, "send_log_lookups: the send log is not what the generator writes\n");
        std::exit(1);
    }
    return std::chrono::duration<double, std::micro>(ended - begun).count();
}

void print(std::vector<double> times) {
    std::sort(times.begin(), times.end());
    std::printf("%.1f %.1f\n", times[times.size() / 2], times[times.size() * 99 / 100]);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3)
        return 64;
    jmrp::store::Options options;
    options.path = argv[1];
    const auto log = jmrp::store::open_send_log(options);
    const auto count = std::strtoull(argv[2], nullptr, 10);
    std::vector<double> there;
    std::vector<double> absent;
    for (unsigned long long i = 0; i < 20'000; ++i) {
        const unsigned long long n = i * 7'919'317'441ULL % count;
        char id[80];
        std::snprintf(id, sizeof id, "%08llx.%llu@news.sender.example", n * 2654435761ULL % (1ULL << 32U), n);
        there.push_back(microseconds(*log, id, true));
        absent.push_back(microseconds(*log, std::string(id) + ".absent", false));
    }
    print(there);
    print(absent);
    return 0;
}
