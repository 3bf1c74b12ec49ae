/** Reads what a refused sign-in says. */

import type { TenantChoice } from "../api/auth";
import { ApiError } from "../api/errors";

/** Whether a link is used up or over; otherwise the server only cannot answer now, and the link may still be good. */
export function isLinkOver(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 429;
}

/** The tenants to choose from, when that is what the answer asks for. */
export function tenantsOf(error: unknown): TenantChoice[] | undefined {
  if (!(error instanceof ApiError) || error.code !== "choose_tenant") return undefined;
  const { tenants } = error.details;
  if (!Array.isArray(tenants)) return undefined;
  const named = tenants.filter((one): one is TenantChoice => typeof one?.slug === "string");
  return named.length > 0 ? named : undefined;
}
