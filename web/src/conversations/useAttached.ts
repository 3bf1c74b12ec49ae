/** The files of a conversation, kept fresh; what is removed can be brought back while its toast is shown. */

import { useState } from "react";
import { type Attachment, attachments } from "../api/attachments";
import { sentenceOf } from "../api/errors";
import { useLive } from "../api/live";
import { useResource } from "../api/useResource";
import { toast } from "../app/toasts";

export interface Attached {
  items: Attachment[];
  error: string | undefined;
  remove: (one: Attachment) => void;
}

export function useAttached(conversation: string): Attached {
  const found = useResource(() => attachments.of(conversation), `attached-${conversation}`);
  const [hidden, setHidden] = useState<readonly string[]>([]);
  useLive(["attachment.", "message."], found.reload);
  const bringBack = (one: Attachment) => setHidden((old) => old.filter((id) => id !== one.id));
  const removeForGood = async (one: Attachment) => {
    try {
      await attachments.remove(one.id);
      found.reload();
    } catch (error) {
      bringBack(one);
      toast(`“${one.filename}” could not be removed: ${sentenceOf(error)}`);
    }
  };
  const remove = (one: Attachment) => {
    setHidden((old) => [...old, one.id]);
    toast(
      `“${one.filename}” was removed.`,
      async () => bringBack(one),
      () => void removeForGood(one),
    );
  };
  const items = (found.data?.items ?? []).filter((one) => !hidden.includes(one.id));
  return { items, error: found.error, remove };
}
