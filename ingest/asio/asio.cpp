// Asio compiled once, for every room that uses it. All of them must see the same definitions (CMakeLists.txt).
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
