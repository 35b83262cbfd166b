from writ.gateway.fields import request_fields, response_fields


def test_what_belongs_to_one_hop_stays_there() -> None:
    """Hop-by-hop fields, credentials, framing, what steers elsewhere and ours are not forwarded; the rest is."""
    fields = [
        (b"host", b"gateway"),
        (b"connection", b"close, X-Private"),
        (b"x-private", b"1"),
        (b"keep-alive", b"5"),
        (b"te", b"trailers"),
        (b"transfer-encoding", b"chunked"),
        (b"content-length", b"5"),
        (b"expect", b"100-continue"),
        (b"authorization", b"Bearer wk"),
        (b"x-api-key", b"wk"),
        (b"api-key", b"wk"),
        (b"x-original-url", b"/v1/embeddings"),
        (b"x-http-method-override", b"DELETE"),
        (b"x-portkey-config", b'{"override_params":{"model":"other"}}'),
        (b"x-writ-end-user", b"e.y.J"),
        (b"proxy-authorization", b"x"),
        (b"accept-encoding", b"gzip"),
        (b"anthropic-version", b"2023-06-01"),
        (b"x-request-id", b"7"),
    ]
    kept = b"anthropic-version: 2023-06-01\r\nx-request-id: 7\r\n"
    assert b"accept-encoding: gzip\r\n" + kept == request_fields(fields, stream=False)
    assert kept == request_fields(fields, stream=True)


def test_an_answers_framing_is_written_anew() -> None:
    """Nothing of the upstream's framing or of ours passes."""
    fields = [
        (b"content-length", b"5"),
        (b"connection", b"keep-alive, x-hop"),
        (b"x-hop", b"1"),
        (b"x-writ-rule", b"forged"),
        (b"content-type", b"application/json"),
    ]
    assert b"content-type: application/json\r\n" == response_fields(fields)
