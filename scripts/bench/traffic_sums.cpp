// Fills a database with what was sent from ADDRESSES addresses to four providers on DAYS days, as a send log or as counts, and prints in
// milliseconds of processor time (the best of seven) what it costs to ask for sums over all days of all providers, for those of one, and
// for all days of one:
//     traffic_sums DATABASE ADDRESSES DAYS log|counts
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "store/send_log.hpp"

namespace {

using namespace jmrp;

constexpr const char* providers[] = {"outlook.com", "office365", "gmail.com", "other"};
constexpr util::Day first_day = 20'000;

domain::Ip address(int number) {
    return *domain::parse_ip("10." + std::to_string(number >> 16) + "." + std::to_string(number >> 8 & 255) + "." +
                             std::to_string(number & 255));
}

void fill_log(const store::Options& options, int addresses, int days) {
    store::SendLogWriter writer(options);
    for (int day = 0; day < days; ++day) {
        std::vector<domain::SentEvent> events;
        for (int i = 0; i < addresses * 4; ++i) {
            domain::SentRecord record;
            record.queue_id = "4Z" + std::to_string(day) + "z" + std::to_string(i);
            record.recipient = *domain::parse_address("u@example.com");
            record.source_ip = address(i / 4);
            record.provider = providers[i % 4];
            record.at = util::Seconds{first_day + day} * 86400;
            events.emplace_back(std::move(record));
        }
        writer.add(events, nullptr, 0);
    }
}

void fill_counts(const store::Options& options, int addresses, int days) {
    store::Store store(options);
    for (int day = 0; day < days; ++day) {
        std::vector<domain::TrafficCount> counts;
        for (int i = 0; i < addresses * 4; ++i) {
            domain::TrafficCount count;
            count.day = first_day + day;
            count.source_ip = address(i / 4).text();
            count.provider = providers[i % 4];
            count.attempted = count.accepted = i;
            counts.push_back(std::move(count));
        }
        store.keep_traffic(counts, "bench");
    }
}

double milliseconds(store::Store& store, const store::TrafficQuery& query, std::size_t rows) {
    double best = 1e9;
    for (int i = 0; i < 7; ++i) {
        const std::clock_t begun = std::clock();
        const std::size_t got = store.traffic(query).size();
        best = std::min(best, static_cast<double>(std::clock() - begun) * 1000 / CLOCKS_PER_SEC);
        if (got != rows) {
            std::fprintf(stderr, "traffic_sums: %zu rows in place of %zu\n", got, rows);
            std::exit(1);
        }
    }
    return best;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 5)
        return 64;
    store::Options options;
    options.path = argv[1];
    const int addresses = std::atoi(argv[2]);
    const int days = std::atoi(argv[3]);
    (std::strcmp(argv[4], "log") == 0 ? fill_log : fill_counts)(options, addresses, days);
    store::Store store(options);
    const auto each = static_cast<std::size_t>(addresses);
    store::TrafficQuery query;
    query.per_day = false;
    const double all = milliseconds(store, query, each * 4);
    query.provider = providers[0];
    const double one = milliseconds(store, query, each);
    query.per_day = true;
    std::printf("%.1f %.1f %.1f\n", all, one, milliseconds(store, query, each * static_cast<std::size_t>(days)));
    return 0;
}
