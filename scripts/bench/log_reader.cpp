// Reads logs through a reader alone and keeps nothing, on one thread; prints bytes, lines, deliveries and seconds of processor time:
//     log_reader FORMAT FILE ...
#include <cstdio>
#include <ctime>

#include "ingest/log_file.hpp"
#include "traffic/reader.hpp"

int main(int argc, char** argv) {
    const jmrp::traffic::Format* format = argc < 3 ? nullptr : jmrp::traffic::find_format(argv[1]);
    if (!format)
        return 64;
    unsigned long long lines = 0;
    unsigned long long bytes = 0;
    unsigned long long deliveries = 0;
    const std::clock_t begun = std::clock();
    for (int i = 2; i < argc; ++i) {
        jmrp::ingest::LogFile file(argv[i], {format->quoted_line_ends});
        jmrp::traffic::Context context;
        context.zone.local = false;
        context.latest = file.modified_at();
        const auto reader = format->make(context);
        reader->begin(file.first_line());
        while (const auto line = file.next()) {
            ++lines;
            bytes += line->text.size() + 1;
            for (const jmrp::domain::SentEvent& event : reader->read(line->text).events)
                deliveries += std::holds_alternative<jmrp::domain::SentRecord>(event) ? 1U : 0U;
        }
    }
    std::printf("%llu %llu %llu %.3f\n", bytes, lines, deliveries,
                static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC);
    return 0;
}
