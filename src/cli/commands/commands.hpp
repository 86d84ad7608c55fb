#pragma once
#include "cli/command.hpp"

namespace jmrp::cli {

extern const Command init_command;
extern const Command ingest_command;
extern const Command poll_command;
extern const Command import_command;
extern const Command inspect_command;
extern const Command settle_command;
extern const Command verify_command;
extern const Command rebuild_command;
extern const Command status_command;
extern const Command check_command;
extern const Command doctor_command;
extern const Command rates_command;
extern const Command leaks_command;
extern const Command blocks_command;
extern const Command suppressions_command;
extern const Command export_command;
extern const Command publish_command;
extern const Command quarantine_command;
extern const Command review_command;
extern const Command snds_command;
extern const Command delist_command;
extern const Command token_command;
extern const Command milter_command;
extern const Command dns_command;
extern const Command delist_command;
extern const Command config_command;
extern const Command dump_command;

} // namespace jmrp::cli
