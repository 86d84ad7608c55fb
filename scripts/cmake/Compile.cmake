# How every target is compiled.
add_library(jmrp_compile INTERFACE)
target_include_directories(jmrp_compile INTERFACE ${CMAKE_SOURCE_DIR}/src)

find_program(JMRP_CCACHE ccache)
if(JMRP_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${JMRP_CCACHE})
endif()

target_compile_options(jmrp_compile INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wcast-align
    -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference -Wdouble-promotion -Wformat=2)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 sees null and overflow paths in its own headers once they are inlined.
    target_compile_options(jmrp_compile INTERFACE -Wno-null-dereference -Wduplicated-cond -Wlogical-op)
endif()
if(JMRP_DEVELOPER)
    target_compile_options(jmrp_compile INTERFACE -Werror)
    target_compile_definitions(jmrp_compile INTERFACE JMRP_KILL_POINTS=1)
endif()

if(JMRP_SANITIZE)
    # Without vptr: it asks for type information that the shared SOCI keeps to itself.
    target_compile_options(jmrp_compile INTERFACE -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all
        -fno-omit-frame-pointer -g)
    target_link_options(jmrp_compile INTERFACE -fsanitize=address,undefined)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # The checks that the sanitizers put in hide from GCC 12 the ranges it knows without them.
        target_compile_options(jmrp_compile INTERFACE -Wno-format-truncation -Wno-maybe-uninitialized)
    endif()
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_options(jmrp_compile INTERFACE -O2 -fstack-protector-strong -fstack-clash-protection -fcf-protection -ftrivial-auto-var-init=zero)
    target_compile_definitions(jmrp_compile INTERFACE _FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
    set(CMAKE_POSITION_INDEPENDENT_CODE ON)
    include(CheckPIESupported) # without it CMake compiles for a PIE and leaves the linking to the compiler's default
    check_pie_supported()
    target_link_options(jmrp_compile INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed)
endif()
if(JMRP_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        message(FATAL_ERROR "JMRP_FUZZ needs clang: configure with -DCMAKE_CXX_COMPILER=clang++")
    endif()
    target_compile_options(jmrp_compile INTERFACE -fsanitize=fuzzer-no-link)
endif()
