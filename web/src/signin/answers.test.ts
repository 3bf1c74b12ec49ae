import { describe, expect, it } from "vitest";
import { ApiError, errorFromAnswer } from "../api/errors";
import { isLinkOver, tenantsOf } from "./answers";

describe("a refused sign-in", () => {
  it("names the tenants to choose from", () => {
    const tenants = [{ slug: "a", name: "A" }];
    const error = errorFromAnswer(409, JSON.stringify({ code: "choose_tenant", detail: "Which one?", tenants }));
    expect(tenantsOf(error)).toEqual(tenants);
  });

  it("has nothing to choose otherwise", () => {
    expect(tenantsOf(new ApiError("Wrong.", 401, "wrong_credentials"))).toBeUndefined();
    expect(tenantsOf(errorFromAnswer(409, '{"code":"choose_tenant"}'))).toBeUndefined();
    expect(tenantsOf(new Error("away"))).toBeUndefined();
  });

  it("says how long to wait", () => {
    expect(errorFromAnswer(429, "{}", "37").retryAfterS).toBe(37);
    expect(errorFromAnswer(429, "{}", null).retryAfterS).toBeUndefined();
    expect(errorFromAnswer(429, "{}", "Wed, 21 Oct 2026 07:28:00 GMT").retryAfterS).toBeUndefined();
  });
});

describe("a link that is refused", () => {
  it("is over when the server does not know it, and may be tried again when the server cannot answer now", () => {
    expect([404, 410, 422].every(isLinkOver)).toBe(true);
    expect([0, 429, 500, 503, undefined].some(isLinkOver)).toBe(false);
  });
});
