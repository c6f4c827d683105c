#!lua
-- Settles entries as settle.lua does, acks with outputs among them: without allow-oom, since it writes what stays.
--#include settle
