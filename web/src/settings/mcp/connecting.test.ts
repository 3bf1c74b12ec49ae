import { describe, expect, it } from "vitest";
import { addressAt, overHttp, overProgram } from "./connecting";

const HERE = "https://voice.example.com";

describe("connecting an assistant", () => {
  it("over HTTP takes the address and a key in a header", () => {
    const { voiceloop } = JSON.parse(overHttp(HERE, "vl_key")).mcpServers;
    expect(voiceloop.url).toBe(addressAt(HERE));
    expect(voiceloop.url).toBe("https://voice.example.com/mcp");
    expect(voiceloop.headers).toEqual({ Authorization: "Bearer vl_key" });
  });

  it("as a program takes the command, where we are, and a key in the environment", () => {
    const { voiceloop } = JSON.parse(overProgram(HERE, "vl_key")).mcpServers;
    expect([voiceloop.command, ...voiceloop.args]).toEqual(["voiceloop", "mcp", "--url", HERE]);
    expect(voiceloop.env).toEqual({ VOICELOOP_API_KEY: "vl_key" });
  });

  it("leaves a gap where no key was made", () => {
    expect(overHttp(HERE)).toContain("Bearer vl_…");
  });
});
