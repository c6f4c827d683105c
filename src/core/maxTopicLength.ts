/** The longest topic, in UTF-16 code units. */
export const MAX_TOPIC_LENGTH = 512;
