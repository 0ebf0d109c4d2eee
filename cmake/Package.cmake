# What is installed, and the Debian package: cpack -G DEB --config build/release/CPackConfig.cmake -B build/package
include(GNUInstallDirs)
set(KPISTREAM_SHARE ${CMAKE_INSTALL_DATADIR}/kpistream)
install(TARGETS kpistream RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES deploy/package/kpistream.yml DESTINATION /etc/kpistream PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
install(FILES deploy/package/default DESTINATION /etc/default RENAME kpistream)
install(FILES deploy/systemd/kpistream.service deploy/systemd/kpistream-backup.service deploy/systemd/kpistream-backup.timer
  deploy/systemd/kpistream-report.service deploy/systemd/kpistream-report.timer
  deploy/systemd/kpistream-telegram.service deploy/systemd/kpistream-telegram.timer
  DESTINATION /lib/systemd/system)
install(FILES deploy/systemd/kpistream.sysusers DESTINATION lib/sysusers.d RENAME kpistream.conf)
install(FILES deploy/package/kpistream.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME kpistream)
install(FILES deploy/package/lintian DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME kpistream)
install(FILES deploy/kpis.yml deploy/kpis.schema.json deploy/kpistream.example.yml deploy/kpistream.schema.json deploy/web-config.example.yml DESTINATION ${KPISTREAM_SHARE})
install(DIRECTORY deploy/prometheus/rules deploy/prometheus/alerts deploy/alertmanager DESTINATION ${KPISTREAM_SHARE})
install(DIRECTORY deploy/grafana/dashboards deploy/grafana/provisioning DESTINATION ${KPISTREAM_SHARE}/grafana)
install(FILES README.md README.ru.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs PATTERN pictures EXCLUDE)
# Pages lead to samples as in the repository: deploy/kpis.yml. tests/checks/links.py says what else they may lead to.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
file(CREATE_LINK ../../kpistream ${CMAKE_BINARY_DIR}/package/deploy SYMBOLIC)
install(FILES ${CMAKE_BINARY_DIR}/package/deploy DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES deploy/package/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
# Packed as Debian wants it, and the same each time.
find_program(KPISTREAM_GZIP gzip REQUIRED)
foreach(page deploy/package/kpistream.1 deploy/package/changelog CHANGELOG.md)
  get_filename_component(name ${page} NAME)
  add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/package/${name}.gz DEPENDS ${page}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/package
    COMMAND ${KPISTREAM_GZIP} -9nc ${CMAKE_CURRENT_SOURCE_DIR}/${page} > ${CMAKE_BINARY_DIR}/package/${name}.gz)
  list(APPEND packed ${CMAKE_BINARY_DIR}/package/${name}.gz)
endforeach()
add_custom_target(packed ALL DEPENDS ${packed})
install(FILES ${CMAKE_BINARY_DIR}/package/kpistream.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_BINARY_DIR}/package/changelog.gz ${CMAKE_BINARY_DIR}/package/CHANGELOG.md.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_NAME kpistream)
set(CPACK_PACKAGE_CONTACT "kpistream developers <kpistream@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "sales KPIs from the webhooks of Bitrix24 and amoCRM")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Receives outgoing webhooks of Bitrix24, amoCRM and Kommo, keeps the KPIs
of every manager and funnel, and exports them for Prometheus, Grafana and
Alertmanager. Figures stay right after lost, doubled, late and disordered
webhooks.")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, tzdata, systemd | systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "curl, prometheus, prometheus-alertmanager")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/deploy/package/conffiles ${CMAKE_CURRENT_SOURCE_DIR}/deploy/package/postinst
  ${CMAKE_CURRENT_SOURCE_DIR}/deploy/package/prerm ${CMAKE_CURRENT_SOURCE_DIR}/deploy/package/postrm)
include(CPack)
