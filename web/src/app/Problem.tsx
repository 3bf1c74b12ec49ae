/** A failure beside the thing that failed. */

export function Problem({ text }: { text: string | undefined }) {
  if (!text) return null;
  return (
    <p className="problem" role="alert">
      {text}
    </p>
  );
}
