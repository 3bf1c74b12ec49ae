"""Phrases by which a text commands an assistant, with what each is worth. Words only; ``instructions`` adds them up.

3 is enough alone to be dangerous, 2 to be looked at; 1 counts only beside others. To add one: a row, and sentences of
both sorts in the tests' samples.
"""

from __future__ import annotations

import re
from typing import Final

_TOOLS = (
    r"(?:book_event|move_event|cancel_event|list_events|find_free_slots|search_knowledge|send_e?mail|transfer_money"
    r"|update_user|escalate_to_human|end_call|hang_up)"
)
_AI = (
    r"(?:ai|a\.i\.|llms?|gpt(?:-\w+)?|chat ?gpt|claude|gemini|copilot|(?:large )?language models?|chat ?bots?|voice ?bots?"
    r"|(?:ai|virtual|voice|digital)[ -](?:assistants?|agents?|receptionists?|models?|systems?))"
)
_QUALIFIER = (
    r"(?:(?:all|any|every|each|the|your|its|these|those|of|previous|prior|earlier|preceding|former|other|above|system"
    r"|original|initial|current|existing|operator'?s?|developer'?s?|safety|hidden|everything|given)\s+)"
)
_ORDERS = (
    r"(?:instructions?|rules?|guidelines?|directions|directives?|prompts?|orders|commands|programming|restrictions?)"
)
_DROP = (
    r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget|overrid(?:e|ing)|bypass|set aside|throw away|stop following"
    r"|do not (?:follow|obey)|don't (?:follow|obey)|never follow|pay no attention to|put aside)"
)
_SECRET = (
    r"(?:(?:system|developer|hidden|initial|original|secret) (?:prompts?|instructions?|messages?)"
    r"|your (?:prompt|instructions|rules|configuration)|everything above|environment variables|secrets\.env)"
)

_ROWS: Final[tuple[tuple[str, float, str], ...]] = (
    # orders to drop earlier orders
    (
        "override",
        3,
        rf"{_DROP}\s+(?:please\s+)?(?=(?:\w+'?s?\s+){{0,4}}(?:your|all|any|system|operator|developer|earlier"
        rf"|prior|above|preceding)\b){_QUALIFIER}*{_ORDERS}(?!\s+(?:on|about|for|of|in|at|from|printed)\b)",
    ),
    ("override", 3, rf"{_DROP}\s+{_QUALIFIER}*previous {_ORDERS}(?!\s+(?:on|about|for|of|in|at|from|printed)\b)"),
    ("override", 3, rf"{_DROP}\s+(?:the\s+)?(?:{_ORDERS})\s+(?:above|before|you (?:were|have been|got))"),
    (
        "override",
        3,
        rf"{_DROP}\s+(?:everything|all|anything|what(?:ever)?)\s+(?:that\s+)?(?:you|was|were|has been|said)\b",
    ),
    (
        "override",
        3,
        r"\byour (?:\w+ )?(?:instructions|rules|guidelines) (?:are|is|were) (?:now )?(?:void|cancelled|replaced|obsolete|null)",
    ),
    ("override", 2, r"\bnew (?:instructions?|system prompt|directive)\s*:|\bbegin (?:a )?new system prompt"),
    (
        "override",
        2,
        r"\bfollow only (?:what|the instructions (?:in|of)) this (?:document|text|page|e-?mail|message|event)",
    ),
    ("override", 2, r"\bstop being an? \w+"),
    # another role
    (
        "role",
        2.5,
        r"\byou are (?:now|no longer|from now on)\s+(?:an? |the |in |bound |free |called |dan\b|unrestricted)"
        r"(?!(?:member|guest|owner|customer|friend)s?\b)",
    ),
    (
        "role",
        2.5,
        r"\b(?:act as|pretend (?:to be|you are|that you are)|role-?play as|behave like|play the (?:role|part) of|imagine you are)"
        r"\s+(?:an?|the|my|if)?\s*(?:\w+\s+){0,2}(?:admin\w*|developer|ai\b|root|hacker|grandmother|console|terminal|unrestricted"
        r"|language model|chatbot|bot\b)",
    ),
    (
        "role",
        2,
        r"\b(?:switch|change|go|enter)\w*\s+(?:in)?to\s+(?:developer|debug|admin|god|dan|maintenance|unrestricted) mode|\bin developer mode",
    ),
    (
        "role",
        2,
        r"\bwithout (?:any )?restrictions\b.{0,60}\b(?:answer|assistant|ai)\b|\b(?:assistant|ai|bot)\b.{0,30}\bwithout (?:any )?restrictions"
        r"|\bunrestricted (?:assistant|ai|bot|model)",
    ),
    ("role", 1.5, r"\bfrom now on,? (?:you (?:will|must|are|book|call|answer|always|only)|act|answer|behave)"),
    # spoken to as a machine
    (
        "address",
        2,
        rf"(?:^|[.!?:;,\n]\s*)(?:dear|hey|hi|hello|ok|attention|note (?:to|for)(?: the| all)?|instructions? for(?: the| all)?"
        rf"|message (?:to|for)(?: the)?)\s+(?:{_AI}|assistant)(?=\s*(?:[,:;!]|who|that|parsed|when)|\s*$)",
    ),
    ("address", 2, rf"(?:^|[.!?\n]\s*|<!--\s*){_AI}\s*[,:](?=\s*\S)"),
    ("address", 1.5, r"(?:^|[.!?\n]\s*)assistant\s?[,:](?=\s*[a-z])"),
    ("address", 1.5, r"[,;]\s*(?:assistant|bot|chatbot),\s"),
    ("address", 2.5, rf"\bif you are an? {_AI}\b|\bas an? {_AI}(?: language model)?,? you (?:must|should|will|have)"),
    ("address", 2.5, rf"\b{_AI}\s+(?:parsed|that reads?|who reads?|processing|parsing|summarising|summarizing)\b"),
    ("address", 2, rf"\b(?:urgent|important|note|instructions?) (?:for|to) (?:the |all |every )?{_AI}\b"),
    ("address", 2, rf"\b(?:have|let|make|get) the (?:{_AI}|assistant)\s+\w+"),
    (
        "address",
        2,
        rf"\bthe (?:{_AI}|model|assistant) (?:has to|must|should|shall|is to) (?:call|invoke|send|ignore|reveal|obey|use|execute)",
    ),
    # what only a prompt has inside
    (
        "markup",
        3,
        r"<\|?/?(?:im_start|im_end|endoftext|system|assistant|tool_use|tool_call|function_call|untrusted)\b[^>]{0,20}\|?>|\[/?INST\]|<<SYS>>",
    ),
    (
        "markup",
        3,
        r"[\"']role[\"']\s*:\s*[\"'](?:system|developer|assistant|tool)[\"']|```\s*tool_(?:call|use)|[\"']name[\"']\s*:\s*[\"']"
        + _TOOLS,
    ),
    ("markup", 2.5, r"(?:^|\n)\s*#{0,4}\s*(?:system|developer)(?: message| prompt| override)?\s*:\s*(?=\S)"),
    (
        "markup",
        2,
        r"\bassistant\s*:\s[^\n]{0,200}\n\s*user\s*:|</(?:document|context|data|instructions|retrieved|source)>",
    ),
    ("markup", 1, r"\bend of (?:the )?(?:document|context|prompt)\b"),
    # secrets of the machine
    (
        "prompt",
        3,
        rf"\b(?:reveal|print|repeat|show|output|display|leak|encode|recite|disclose|dump)\b[^.!?\n]{{0,40}}{_SECRET}",
    ),
    (
        "prompt",
        2.5,
        r"\b(?:print|reveal|read out|list|dump|recite|read me)\b[^.!?\n]{0,60}\b(?:api keys|access keys|environment variables|credentials)",
    ),
    # tools
    ("tool", 3, rf"\b(?:call|use|invoke|run|execute|trigger|calling|using|with)\b[^.!?\n]{{0,40}}\b{_TOOLS}\b"),
    ("tool", 1, rf"\b{_TOOLS}\b"),
    (
        "tool",
        1.5,
        r"\b(?:call|invoke|execute|use) the (?:function|tool) [a-z]+_[a-z_]+|\b(?:invoke|execute|call) [a-z]+(?:_[a-z]+)+\s*\(",
    ),
    # giving away
    (
        "exfiltration",
        2.5,
        r"\b(?:send|post|upload|forward|append|transmit|copy|submit|email|e-mail|mail)\b[^.!?\n]{0,80}"
        r"\b(?:conversation|transcript|passwords?|phone numbers?|inbox|contacts|chat history|last (?:\w+ )?messages|guest list|client list"
        r"|attendees?|birth|card numbers?|credentials|system prompt|caller)\b[^!?\n]{0,80}(?:https?://|www\.|[\w.]+@|\b[\w-]+\.(?:com|net|org|io|example)\b)",
    ),
    (
        "exfiltration",
        2.5,
        r"\b(?:send|post|upload|summari[sz]e|collect|forward|append)\b[^!?\n]{0,120}https?://[^\s]*[?&]\w+=(?:\s|$|[\[{<(])",
    ),
    ("exfiltration", 3, r"!\[[^\]]*\]\(https?://[^)]*[\[{<]"),
    (
        "exfiltration",
        1.5,
        r"\b(?:summari[sz]e|collect|copy)\b[^.!?\n]{0,60}\b(?:inbox|dates? of birth|e-?mail address(?:es)?|card numbers?)\b",
    ),
    ("exfiltration", 1.5, r"\b(?:post|upload|send) (?:it|them|these|that|the results?) to https?://"),
    (
        "exfiltration",
        2,
        r"\bask (?:the )?(?:caller|user|guest)s? for their (?:card|password|pin|passport|bank|social)[^.!?\n]{0,60}\b(?:repeat|send|then|before you answer)",
    ),
    (
        "exfiltration",
        1,
        r"\b(?:read|say|repeat|give|tell)\b[^.!?\n]{0,50}\b(?:phone numbers|passwords?|guest list|door codes?|private number|home address|secrets)\b",
    ),
    # what the caller is not to know
    (
        "concealment",
        2,
        r"\b(?:do not|don't|never)\s+(?:tell|inform|mention|show|notify|alert)\b[^.!?\n]{0,40}\b(?:the |to the )(?:user|caller)\b"
        r"(?=[^.!?\n]{0,20}(?:about (?:this|it)|[.!]|$|,))|\b(?:do not|don't) mention (?:it|this)\b",
    ),
    ("concealment", 2, r"\bnever mention this\b|\bdo not tell the (?:user|caller) about (?:this|it)"),
    (
        "concealment",
        1,
        r"\bsilently\b|\bwithout (?:asking|telling|confirmation|the caller)\b|\bskip (?:all |the |every )?confirmations?\b|\bkeep this (?:from|secret)",
    ),
    (
        "concealment",
        2,
        r"\bthe (?:user|caller|guest) (?:has |have )?already (?:confirmed|agreed|consented)\b|\bskip (?:all |the )?confirmations?(?: step)?\b"
        r"|\bthe caller is (?:an? )?admin\w*",
    ),
    (
        "obey",
        1.5,
        r"\b(?:decode|decrypt|join|put together)\b[^.!?\n]{0,40}\b(?:obey|execute|follow|do what|run)\b|\bobey\b",
    ),
    (
        "obey",
        1.5,
        r"\b(?:the correct answer to every question|in every answer|answer every question (?:by|about other|with))\b",
    ),
    # acts that only a machine could be told to do here; never enough alone
    (
        "act",
        1,
        r"(?:^|[.!?:,;]\s*|\b(?:and|then|to|must|please)\s+)(?:cancel|delete|transfer|book|approve|accept|grant|pay|hang up|refund|reveal)\b"
        r"[^.!?\n]{0,50}\b(?:all|every|event|meetings?|appointments?|money|dollars|euros|invitations|reservation|caller|role|iban|other)\b",
    ),
    ("act", 0.5, r"\b(?:user|caller|tenants?)\b"),
    # the commonest commands in other languages
    (
        "override",
        3,
        r"\b(?:ignorier\w*|vergiss|vergessen sie|missachte\w*|verwirf)\b[^.!?\n]{0,40}\b(?:alle|deine|ihre|vorherig\w*|bisherig\w*|obig\w*|früher\w*)\b"
        r"[^.!?\n]{0,30}\b(?:anweisung\w*|regeln|befehle?|vorgaben|instruktionen|richtlinien)",
    ),
    ("role", 2.5, r"\bdu bist (?:jetzt|nun|ab sofort|nicht mehr)\b|\btu so,? als\b|\bab jetzt bist du\b"),
    (
        "prompt",
        3,
        r"\b(?:verrate|zeige?|nenne|offenbare|gib)\b[^.!?\n]{0,40}\b(?:system-?prompt|systemanweisung\w*|passwörter|deine anweisungen)",
    ),
    (
        "act",
        1,
        r"\b(?:überweise|storniere|lösche|sende|lies)\b[^.!?\n]{0,60}\b(?:euro|termine?|anrufer|daten|passwörter|kundenliste)",
    ),
    (
        "override",
        3,
        r"\b(?:ignore[zr]?|oublie[zr]?|néglige[zr]?)\b[^.!?\n]{0,40}\b(?:(?:toutes|tes|vos|précédentes)\b[^.!?\n]{0,30}"
        r"\b(?:instructions|consignes|règles|directives)|(?:instructions|consignes|règles|directives)\s+(?:précédentes|antérieures|ci-dessus))",
    ),
    ("role", 2.5, r"\btu es (?:maintenant|désormais)\b|\bfais semblant d"),
    (
        "override",
        3,
        r"\b(?:ignora|ignore|olvida|olvide|haz caso omiso de)\b[^.!?\n]{0,40}\b(?:todas|tus|sus|anteriores|previas)\b[^.!?\n]{0,30}"
        r"\b(?:instrucciones|reglas|indicaciones|órdenes|anteriores)",
    ),
    ("override", 3, r"\b(?:olvida|ignora) (?:tus|sus) (?:reglas|instrucciones|indicaciones)"),
    (
        "prompt",
        3,
        r"\b(?:revela|revele|muestra|mostra|rivela|révèle|affiche)\b[^.!?\n]{0,40}\b(?:prompt|mensaje del sistema|instrucciones|message système|sistema)",
    ),
    ("role", 2.5, r"\b(?:ahora eres|eres ahora|agora você é|você agora é|ora sei un|sei ora un)\b"),
    (
        "override",
        3,
        r"\b(?:ignora|dimentica|trascura)\b[^.!?\n]{0,40}\b(?:tutte|tue|precedenti)\b[^.!?\n]{0,30}(?:istruzioni|regole|precedenti)",
    ),
    (
        "override",
        3,
        r"\b(?:negeer|vergeet)\b[^.!?\n]{0,40}\b(?:alle|je|jouw|eerdere|vorige)\b[^.!?\n]{0,30}(?:instructies|regels|opdrachten)",
    ),
    (
        "override",
        3,
        r"\b(?:ignore|esqueça|desconsidere)\b[^.!?\n]{0,40}\b(?:todas|suas|as)\b[^.!?\n]{0,30}(?:instruções|regras)(?: anteriores)?",
    ),
    ("override", 3, r"\b(?:zignoruj|zapomnij)\b[^.!?\n]{0,40}\b(?:instrukcj\w+|polece\w+|zasad\w*)"),
    (
        "override",
        3,
        r"(?:игнорируй\w*|забудь\w*|проигнорируй\w*)[^.!?\n]{0,40}(?:инструкци\w+|указани\w+|правил\w*|команд\w*)",
    ),
    ("override", 3, r"(?:ігноруй\w*|забудь\w*)[^.!?\n]{0,40}(?:інструкці\w+|вказівк\w+|правил\w*)"),
    ("override", 3, r"(?:忽略|无视|忘记|忘掉)[^。！？\n]{0,15}(?:指令|指示|规则|提示)|系统提示词?(?:显示|输出|告诉)"),
    (
        "override",
        3,
        r"(?:指示|命令|ルール|規則|プロンプト)[^。！？\n]{0,12}(?:無視|忘れ)|システムプロンプト[^。！？\n]{0,10}(?:表示|出力|教え)",
    ),
    ("override", 3, r"(?:지시|명령|규칙|지침)[^.!?\n]{0,15}(?:무시|잊)"),
    ("override", 3, r"(?:تجاهل|انس|تجاهلي)[^.!؟\n]{0,30}(?:التعليمات|الأوامر|القواعد|تعليماتك)"),
    ("override", 3, r"\btalimat\w*[^.!?\n]{0,20}\b(?:yok say|unut|görmezden gel|dikkate alma)"),
    ("override", 3, r"(?:निर्देशों|नियमों|आदेशों)[^।!?\n]{0,20}(?:अनदेखा|भूल|नज़रअंदाज़)"),
    (
        "override",
        3,
        r"\b(?:ignorera|glöm|ignorer|glem)\b[^.!?\n]{0,40}\b(?:alla|alle|dina|dine|tidigare|tidligere)\b[^.!?\n]{0,30}(?:instruktion\w*|instruks\w*|regler)",
    ),
)

PHRASES: Final = tuple((kind, worth, re.compile(pattern, re.IGNORECASE)) for kind, worth, pattern in _ROWS)

# one cheap look: without any of these no phrase above can match
HINT: Final = re.compile(
    r"ignor|disregard|forget|overrid|bypass|aside|obey|prompt|instruct|rules|guideline|direction|assistant|\bai\b|a\.i\.|gpt|llm"
    r"|claude|gemini|copilot|language model|bot\b|bots\b|you are|stop being|from now|act as|pretend|role|mode\b|restrict|<|\[/?inst|```"
    r"|system|developer|user|caller|_[a-z]|https?:|@|!\[|silently|confirm|mention|card|repeat|decode|every answer|correct answer|console"
    r"|inform|reveal|print|secret|keys|read\b|call\b|end of|act like|model"
    r"|ignorier|vergiss|vergess|missacht|verwirf|du bist|tu so|verrate|überweise|storniere|oublie|néglige|tu es|semblant|olvid|omiso|revel|rivela|révèle"
    r"|affiche|eres|você|sei|dimentica|trascura|negeer|vergeet|esqueça|desconsid|zignoruj|zapomnij|игнор|забуд|ігнор|忽略|无视|忘|系统提示|無視|プロンプト"
    r"|무시|잊|تجاهل|انس|talimat|निर्देश|नियम|आदेश|glöm|glem",
    re.IGNORECASE,
)
