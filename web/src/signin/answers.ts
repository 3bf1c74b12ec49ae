/** Reads what a refused sign-in says. */

import type { TenantChoice } from "../api/auth";
import { ApiError } from "../api/errors";

/** The tenants to choose from, when that is what the answer asks for. */
export function tenantsOf(error: unknown): TenantChoice[] | undefined {
  if (!(error instanceof ApiError) || error.code !== "choose_tenant") return undefined;
  const { tenants } = error.details;
  if (!Array.isArray(tenants)) return undefined;
  const named = tenants.filter((one): one is TenantChoice => typeof one?.slug === "string");
  return named.length > 0 ? named : undefined;
}
