# install() and the Debian package: cmake --build build-release && (cd build-release && cpack)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON) # installing needs the program, not the tests

install(TARGETS jmrp RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS jmrp-net jmrp-milter RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/jmrp)
install(FILES src/cli/man/jmrp.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES src/cli/man/jmrp.toml.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY examples/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PACKAGE_CONTACT "The jmrp developers <jmrp@sender.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "feedback reports: keep them, suppress who complained, count complaints")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Takes feedback-loop reports (ARF and the forms of Microsoft's JMRP) from a mail
server's pipe, from files, mboxes and Maildirs, keeps each durably before it
answers, counts complaints for each sending IP, and lists the addresses that
must not be written to again.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON) # dpkg-shlibdeps reads the dependencies off the program
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS publicsuffix) # newer data than libpsl brings along
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/scripts/debian/postinst ${CMAKE_SOURCE_DIR}/scripts/debian/postrm)
include(CPack)
