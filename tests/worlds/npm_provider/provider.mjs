// A certified OpenID provider that we did not write (oidc-provider), with a sign-in page of its own
// and people whom it has verified. Told on standard input: issuer, port, TLS key and certificate,
// clients, people. Ends when its input ends.
import { createServer } from "node:https";
import Provider from "oidc-provider";

const chunks = [];
process.stdin.on("data", (chunk) => {
  chunks.push(chunk);
  if (chunk.includes(10)) start(JSON.parse(Buffer.concat(chunks).toString()));
});
process.stdin.on("end", () => process.exit(0));

function start(told) {
  const provider = new Provider(told.issuer, {
    clients: told.clients,
    jwks: { keys: told.keys },
    acrValues: ["urn:example:strong", "urn:example:weak"],
    claims: { openid: ["sub"], email: ["email", "email_verified"], verified_claims: null },
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
    cookies: { keys: ["for this test alone"] },
    features: { claimsParameter: { enabled: true }, devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    async findAccount(ctx, id) {
      const person = told.people[id];
      return person && {
        accountId: id,
        async claims(use, scope, asked) {
          const all = { sub: id, email: person.email, email_verified: true };
          const wanted = asked?.verified_claims;
          return wanted ? { ...all, verified_claims: only(person.verified, wanted) } : all;
        },
      };
    },
  });
  const answer = provider.callback();
  const server = createServer({ key: told.key, cert: told.cert }, (request, response) => {
    if (!request.url.startsWith("/interaction/")) return answer(request, response);
    signIn(provider, told.people, request, response).catch((error) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.listen(told.port, "127.0.0.1", () => console.log("ready"));
}

// Tell what was asked for of what was verified, and no more.
function only(verified, wanted) {
  const part = (name) =>
    Object.fromEntries(Object.keys(wanted[name]).map((key) => [key, verified[name][key]]));
  return { verification: part("verification"), claims: part("claims") };
}

async function signIn(provider, people, request, response) {
  const { params, uid } = await provider.interactionDetails(request, response);
  if (request.method === "GET") {
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><html lang="en"><title>Sign in</title><main><h1>National ID</h1>
      <form method="post" action="/interaction/${uid}"><label>Name <input name="login"></label>
      <button name="deed" value="go">Sign in</button><button name="deed" value="no">Cancel</button>
      </form></main></html>`);
    return;
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  const fields = new URLSearchParams(body);
  if (fields.get("deed") === "no") {
    return provider.interactionFinished(request, response, { error: "access_denied" });
  }
  const accountId = fields.get("login");
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  grant.addOIDCClaims(["verified_claims", "acr", "auth_time", "email", "email_verified"]);
  await provider.interactionFinished(request, response, {
    login: { accountId, acr: people[accountId].acr, remember: false },
    consent: { grantId: await grant.save() },
  });
}
