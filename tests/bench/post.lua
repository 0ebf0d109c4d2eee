-- Posts prepared webhook bodies in turn. Environment: BODIES (a file, one body a line), TARGET (path), CLOSE (1: a connection each).
local requests = {}
local at = 0

function init(_)
  local headers = { ["Content-Type"] = "application/x-www-form-urlencoded" }
  if os.getenv("CLOSE") == "1" then headers["Connection"] = "close" end
  for body in io.lines(os.getenv("BODIES")) do
    requests[#requests + 1] = wrk.format("POST", os.getenv("TARGET"), headers, body)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format('RESULT {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "p999": %d, "longest": %d, "not_2xx": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max,
    errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
